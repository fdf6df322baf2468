package dev.signalbox.session.bus;

import dev.signalbox.session.bus.SessionStore.Entry;
import dev.signalbox.session.bus.SessionStore.Stored;

/** The codec, with the limits around it and its failures named. Thread-safe. */
final class Coding<T> {
    private final Codec<T> codec;
    private final int maxPayload;

    Coding(Codec<T> codec, int maxPayload) {
        this.codec = codec;
        this.maxPayload = maxPayload;
    }

    Entry encode(String session, T value) {
        byte[] payload = bytes(session, value);
        if (payload.length > maxPayload) {
            throw new IllegalArgumentException("event for session " + session + " has " + payload.length
                    + " bytes when encoded; the most is " + maxPayload);
        }
        return new Entry(session, payload);
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
            return new Event<>(session, stored.offset(), stored.at(), codec.decode(stored.payload()));
        } catch (Exception e) {
            throw new SessionCodecException(
                    "event " + stored.offset() + " of session " + session + " cannot be decoded", e);
        }
    }
}
