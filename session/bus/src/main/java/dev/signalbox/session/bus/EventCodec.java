package dev.signalbox.session.bus;

import dev.signalbox.session.bus.SessionStore.Entry;
import dev.signalbox.session.bus.SessionStore.Stored;
import java.util.Map;

/** The codec, with the limits around it and its failures named; headers as a JSON object. Thread-safe. */
final class EventCodec<T> {
    /** Made for the first event that has headers. */
    private static final class Headers {
        static final JsonCodec<Map<String, String>> CODEC = JsonCodec.ofHeaders();
    }

    private final Codec<T> codec;
    private final int maxPayload;

    EventCodec(Codec<T> codec, int maxPayload) {
        this.codec = codec;
        this.maxPayload = maxPayload;
    }

    Entry encode(String session, T value, Map<String, String> headers) {
        byte[] payload = bytes(session, value);
        if (payload.length > maxPayload) {
            throw new IllegalArgumentException("event for session " + session + " has " + payload.length
                    + " bytes when encoded; the most is " + maxPayload);
        }
        return new Entry(session, headers.isEmpty() ? "" : Headers.CODEC.encodeText(headers), payload);
    }

    private byte[] bytes(String session, T value) {
        try {
            return codec.encode(value);
        } catch (Exception e) {
            throw new SessionCodecException(
                    "event of " + value.getClass().getName() + " for session " + session + " cannot be encoded", e);
        }
    }

    Event<T> decode(String session, Stored stored) {
        try {
            return new Event<>(
                    session, stored.id(), stored.at(), headers(stored.headers()), codec.decode(stored.payload()));
        } catch (Exception e) {
            throw new SessionCodecException(
                    "event " + stored.offset() + " of session " + session + " cannot be decoded", e);
        }
    }

    private static Map<String, String> headers(String text) {
        return text.isEmpty() ? Map.of() : Headers.CODEC.decodeText(text);
    }
}
