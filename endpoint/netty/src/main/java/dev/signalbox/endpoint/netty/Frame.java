package dev.signalbox.endpoint.netty;

/** What a client sent: a whole message, or a control frame, unmasked, uncompressed and checked. */
final class Frame {

    enum Kind {
        /** A message in UTF-8. */
        TEXT,
        BINARY,
        PING,
        PONG,
        /** No payload, or a status code and a reason; both are valid. */
        CLOSE,
        /** A fragment without a byte: nothing to do, but it may be counted. */
        EMPTY_FRAGMENT
    }

    private final Kind kind;
    private final byte[] payload;

    Frame(Kind kind, byte[] payload) {
        this.kind = kind;
        this.payload = payload;
    }

    Kind kind() {
        return kind;
    }

    /** The payload itself, not a copy. */
    byte[] payload() {
        return payload;
    }
}
