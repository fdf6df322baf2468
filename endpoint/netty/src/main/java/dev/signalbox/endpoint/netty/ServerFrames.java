package dev.signalbox.endpoint.netty;

import dev.signalbox.router.Address;
import dev.signalbox.router.ClientSession;
import dev.signalbox.router.Intent;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.router.RouteError;
import dev.signalbox.router.SendReport;
import dev.signalbox.router.SessionInfo;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The JSON frames that the server sends; see docs/protocol.md. */
final class ServerFrames {
    private ServerFrames() {}

    static byte[] welcome(ClientSession welcomed, ListenerOptions options, int maxPayloadBytes) {
        SessionInfo session = welcomed.info();
        JsonBytes json = new JsonBytes()
                .raw("{\"type\":\"welcome\",\"client\":")
                .string(session.user())
                .raw(",\"session\":")
                .uuid(session.id())
                .raw(",\"limits\":{\"payload\":")
                .number(maxPayloadBytes)
                .raw(",\"frame\":")
                .number(options.limits().maxFrameBytes())
                .raw(",\"rate\":")
                .number(options.limits().maxMessagesPerSecond())
                .raw(",\"idle\":")
                .number(options.timeouts().idle().toMillis())
                .raw("}");
        welcomed.resumption().ifPresent(resumption -> TopicFrames.resumption(json, resumption));
        return json.raw("}").copy();
    }

    /**
     * A message on its way to a client, appended to {@code json}; of a topic or pattern, if that is not empty, which has it in the
     * topic {@code in}, at this offset, if it is not 0.
     */
    static void message(JsonBytes json, Message message, String topic, long offset, String in) {
        switch (message.intent()) {
            case Intent.Ask ask ->
                begin(json, "request", message)
                        .raw(",\"deadline\":")
                        .number(ask.deadline().toEpochMilli());
            case Intent.Confirm confirm ->
                begin(json, "message", message)
                        .raw(",\"ack\":true,\"until\":")
                        .number(confirm.until().toEpochMilli());
            case Intent.Tell _ -> begin(json, "message", message);
            case Intent.Reply _ -> begin(json, "message", message);
        }
        if (!topic.isEmpty()) {
            json.raw(",\"topic\":\"").raw(topic).raw("\"");
            if (offset > 0) {
                json.raw(",\"offset\":").number(offset);
            }
            if (!in.equals(topic)) {
                json.raw(",\"in\":\"").raw(in).raw("\"");
            }
        }
        content(json, message);
        json.raw("}");
    }

    private static JsonBytes begin(JsonBytes json, String type, Message message) {
        return json.raw("{\"type\":\"")
                .raw(type)
                .raw("\",\"id\":")
                .uuid(message.id())
                .raw(",\"from\":\"")
                .raw(message.source().toString())
                .raw("\"");
    }

    private static void content(JsonBytes json, Message message) {
        switch (message.payload()) {
            case Payload.Text text -> json.raw(",\"text\":").string(text.value());
            case Payload.Binary binary -> json.raw(",\"base64\":").base64(binary.asByteBuffer());
        }
        if (!message.headers().isEmpty()) {
            headers(json.raw(",\"headers\":"), message.headers());
        }
    }

    private static void headers(JsonBytes json, Map<String, String> headers) {
        String separator = "{";
        for (Map.Entry<String, String> header : headers.entrySet()) {
            json.raw(separator).string(header.getKey()).raw(":").string(header.getValue());
            separator = ",";
        }
        json.raw("}");
    }

    /** The reply to the client's request that it called {@code id}. */
    static byte[] reply(String id, Message reply) {
        JsonBytes json =
                new JsonBytes().raw("{\"type\":\"reply\",\"id\":").string(id).raw(",\"from\":\"");
        json.raw(reply.source().toString()).raw("\"");
        content(json, reply);
        return json.raw("}").copy();
    }

    static byte[] ok(String id, SendReport report) {
        return new JsonBytes()
                .raw("{\"type\":\"ok\",\"id\":")
                .string(id)
                .raw(",\"message\":")
                .uuid(report.id())
                .raw(",\"accepted\":")
                .number(report.accepted())
                .raw("}")
                .copy();
    }

    /** What the client called {@code id} is done, and there is nothing more to say. */
    static byte[] ok(String id) {
        return new JsonBytes()
                .raw("{\"type\":\"ok\",\"id\":")
                .string(id)
                .raw("}")
                .copy();
    }

    /** For clients that asked for pings in JSON. */
    static byte[] ping() {
        return new JsonBytes().raw("{\"type\":\"ping\"}").copy();
    }

    /** What a client over HTTP needs to send something, and to come back. */
    static byte[] open(String secret) {
        return new JsonBytes()
                .raw("{\"type\":\"open\",\"secret\":")
                .string(secret)
                .raw("}")
                .copy();
    }

    /** Why the connection ends, where the transport itself cannot say it. */
    static byte[] close(CloseCode code) {
        return new JsonBytes()
                .raw("{\"type\":\"close\",\"code\":")
                .number(code.code())
                .raw(",\"reason\":")
                .string(code.text())
                .raw("}")
                .copy();
    }

    static byte[] pong(@Nullable String id) {
        return id(new JsonBytes().raw("{\"type\":\"pong\""), id).raw("}").copy();
    }

    static byte[] error(@Nullable String id, RouteError error) {
        JsonBytes json = id(new JsonBytes().raw("{\"type\":\"error\""), id);
        return error(json.raw(","), error).raw("}").copy();
    }

    /** A message that was taken did not arrive on another node after all. */
    static byte[] refused(UUID message, RouteError error) {
        JsonBytes json = new JsonBytes()
                .raw("{\"type\":\"error\",\"refused\":")
                .uuid(message)
                .raw(",");
        return error(json, error).raw("}").copy();
    }

    /** The first error, and all of them where there are several. */
    static byte[] errors(@Nullable String id, SendReport report) {
        JsonBytes json = id(new JsonBytes().raw("{\"type\":\"error\""), id);
        error(json.raw(","), report.errors().getFirst());
        json.raw(",\"accepted\":").number(report.accepted());
        String separator = ",\"errors\":[";
        for (RouteError each : report.errors()) {
            error(json.raw(separator).raw("{"), each).raw("}");
            separator = ",";
        }
        return json.raw("]}").copy();
    }

    private static JsonBytes error(JsonBytes json, RouteError error) {
        json.raw("\"code\":\"").raw(error.code().code()).raw("\",\"message\":").string(error.message());
        error.target()
                .map(Address::toString)
                .ifPresent(target -> json.raw(",\"target\":\"").raw(target).raw("\""));
        return json;
    }

    private static JsonBytes id(JsonBytes json, @Nullable String id) {
        return id == null ? json : json.raw(",\"id\":").string(id);
    }

    static byte[] acked(String id) {
        return new JsonBytes()
                .raw("{\"type\":\"ok\",\"id\":")
                .string(id)
                .raw(",\"acked\":true}")
                .copy();
    }
}
