package dev.signalbox.router;

import java.util.Map;

/** Which session a new connection wants. */
public sealed interface SessionStart {
    /** The word that asks for a {@link Resumable} session, where a protocol has one string for it. */
    String NEW = "new";

    /** A new session, which ends with its connection. */
    record Fresh() implements SessionStart {}

    /** A new session that the client can come back to, as {@link Resumption} tells. */
    record Resumable() implements SessionStart {}

    /**
     * The session of an earlier connection. If it cannot be resumed, a new one as with {@link Resumable}.
     *
     * @param token of the {@link Resumption} that the session began with
     * @param seen by topic, the place of the last message that the client has seen. A topic without an entry goes on after
     *     the last message that was written to the earlier connection
     */
    record Resume(String token, Map<String, Position> seen) implements SessionStart {
        public Resume {
            seen = Map.copyOf(seen);
        }
    }

    /** What a client asks for in one string: {@value #NEW}, or the token of the session to resume. */
    static SessionStart parse(String text, Map<String, Position> seen) {
        return text.equals(NEW) ? new Resumable() : new Resume(text, seen);
    }
}
