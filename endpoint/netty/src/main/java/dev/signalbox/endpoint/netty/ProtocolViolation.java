package dev.signalbox.endpoint.netty;

import dev.signalbox.router.CloseReason;

/** A client does not keep to RFC 6455, or to what another transport asks for: its next frame cannot be found, so the connection ends. */
final class ProtocolViolation extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient CloseCode code;

    private ProtocolViolation(CloseCode code) {
        // Without a stack trace: clients cause it, as often as they like.
        super(code.text(), null, false, false);
        this.code = code;
    }

    static ProtocolViolation protocol(String what) {
        return new ProtocolViolation(new CloseCode(CloseCode.PROTOCOL_ERROR, what));
    }

    static ProtocolViolation malformed() {
        return new ProtocolViolation(CloseCode.of(CloseReason.MALFORMED));
    }

    static ProtocolViolation invalidText() {
        return new ProtocolViolation(new CloseCode(CloseCode.INVALID_DATA, "text that is not UTF-8"));
    }

    static ProtocolViolation invalidCompression() {
        return new ProtocolViolation(new CloseCode(CloseCode.INVALID_DATA, "data that cannot be decompressed"));
    }

    static ProtocolViolation tooLarge(int maxBytes) {
        return new ProtocolViolation(
                new CloseCode(CloseCode.TOO_LARGE, "message too large: at most " + maxBytes + " bytes"));
    }

    CloseCode code() {
        return code;
    }

    /** What the router is told. */
    CloseReason reason() {
        return code.code() == CloseCode.TOO_LARGE ? CloseReason.TOO_LARGE : CloseReason.MALFORMED;
    }
}
