package dev.signalbox.observatory;

import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** The beginning of an answer's body: enough for OTLP's word on a partial success, and no room for more. */
final class ResponseBody {
    private static final int MOST = 4096;
    private static final JsonFactory JSON = new JsonFactory();

    private final byte[] body;

    private ResponseBody(byte[] body) {
        this.body = body;
    }

    /** How many records of the batch the destination did not take, of those that it did answer with success. */
    int refused(String contentType) {
        if (body.length == 0 || body.length >= MOST) {
            return 0;
        }
        return contentType.startsWith("application/x-protobuf") ? fromProtobuf() : fromJson();
    }

    /** {@code partial_success = 1 {rejected_log_records = 1}}; an answer that says anything else first says nothing to us. */
    private int fromProtobuf() {
        var in = ByteBuffer.wrap(body);
        boolean partial = in.remaining() > 3 && in.get() == 0x0a && varint(in) > 0 && in.hasRemaining();
        return partial && in.get() == 0x08 ? (int) Math.min(varint(in), Integer.MAX_VALUE) : 0;
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; in.hasRemaining() && shift < Long.SIZE; shift += 7) {
            byte next = in.get();
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        return 0;
    }

    private int fromJson() {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), body)) {
            for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.PROPERTY_NAME && parser.currentName().equals("rejectedLogRecords")) {
                    parser.nextToken();
                    return Integer.parseInt(parser.getString());
                }
            }
            return 0;
        } catch (JacksonException | NumberFormatException e) {
            return 0;
        }
    }

    /** Reads all of it, so that the connection can be used again, and keeps the beginning. */
    static BodySubscriber<ResponseBody> subscriber() {
        var kept = new Bytes();
        var all = BodySubscribers.ofByteArrayConsumer(part ->
                part.ifPresent(bytes -> kept.write(bytes, 0, Math.min(bytes.length, MOST - kept.length()))));
        return BodySubscribers.mapping(all, done -> new ResponseBody(kept.copy()));
    }
}
