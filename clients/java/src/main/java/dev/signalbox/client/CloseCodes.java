package dev.signalbox.client;

import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** What follows from the code that a connection ended with; see "Close codes" in docs/protocol.md. */
final class CloseCodes {
    static final int GOODBYE = 1000;
    /** Nothing said why. */
    static final int BROKEN = 1006;

    /** Not what a server of this protocol sends. */
    static final int PROTOCOL_ERROR = 1002;
    /** A message was larger than the server takes. */
    static final int TOO_LARGE = 1009;

    static final int UNAUTHENTICATED = 4401;
    /** With which this client leaves a connection that fell silent; the session waits for the next one. */
    static final int SILENT = 4000;

    /** Tokens that may be refused in a row: a source of tokens has the chance to give a new one. */
    private static final int MAX_REFUSED = 3;

    /** Connecting again leads to the same end. */
    private static final Set<Integer> FINAL = Set.of(PROTOCOL_ERROR, 1007, 4400, 4403, 4409, 4412, 4423);

    private static final Map<Integer, Duration> PAUSES =
            Map.of(1012, Duration.ofSeconds(1), 1013, Duration.ofSeconds(1), 4429, Duration.ofSeconds(5));

    private CloseCodes() {}

    /**
     * Whether a connection that ended so is the last one.
     *
     * @param refused tokens that were refused in a row, this one included
     */
    static boolean isFinal(int code, int refused, boolean hasOtherTokens) {
        return code == UNAUTHENTICATED ? !hasOtherTokens || refused >= MAX_REFUSED : FINAL.contains(code);
    }

    /** How long to wait at least before connecting again. */
    static Duration pauseAfter(int code) {
        return PAUSES.getOrDefault(code, Duration.ZERO);
    }
}
