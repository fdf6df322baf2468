package dev.signalbox.endpoint.netty;

import dev.signalbox.router.CloseReason;
import java.util.Set;

/** What a close frame says. Part of the protocol; see docs/protocol.md. */
record CloseCode(int code, String text) {
    static final int PROTOCOL_ERROR = 1002;
    static final int INVALID_DATA = 1007;
    static final int TOO_LARGE = 1009;

    static CloseCode of(CloseReason reason) {
        return switch (reason) {
            case GONE -> new CloseCode(1000, "goodbye");
            case REMOVED -> new CloseCode(4403, "removed by the server");
            case REPLACED -> new CloseCode(4409, "replaced: this client opened more sessions than it may have");
            case RESUMED -> new CloseCode(4412, "resumed: the session goes on over another connection");
            case TOO_MANY_SESSIONS -> new CloseCode(4423, "this client has as many sessions as it may have");
            case SLOW_CONSUMER -> new CloseCode(1013, "slow consumer: read faster, then connect again");
            case IDLE -> new CloseCode(4410, "idle: answer pings, or send something");
            case TOO_FAST -> new CloseCode(4429, "too many messages or pings a second: see limits in welcome");
            case TOO_SLOW -> new CloseCode(4411, "a message came in too slowly: send it faster, or in parts");
            case TOO_LARGE -> new CloseCode(TOO_LARGE, "frame too large: see limits in welcome");
            case MALFORMED -> new CloseCode(4400, "malformed frame: see the protocol");
            case EXPIRED -> new CloseCode(4414, "token expired: connect again with a new one");
            case UNAUTHENTICATED -> new CloseCode(4401, "token missing or not accepted");
            case AUTHENTICATION_TIMEOUT -> new CloseCode(4408, "no accepted token in time");
            case RESTARTING -> new CloseCode(1012, "the server restarts: connect again");
            case FAILED -> new CloseCode(1011, "internal error: see the server's log");
        };
    }

    /** Whether a client's close frame means that it will not come back to its session: no code, 1000, or 1001. */
    static boolean isGoodbye(byte[] payload) {
        return payload.length < Short.BYTES
                || Set.of(1000, 1001).contains((payload[0] & 0xFF) << 8 | (payload[1] & 0xFF));
    }

    /** Whether a client may send it: defined for use on the wire, or in a range for libraries and applications. */
    static boolean isValid(int code) {
        return switch (code) {
            case 1004, 1005, 1006 -> false;
            default -> (code >= 1000 && code <= 1014) || (code >= 3000 && code < 5000);
        };
    }
}
