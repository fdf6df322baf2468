package dev.signalbox.client;

import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The server's answer to something that it did not do, or the client's where the server's would be the end of the connection. */
public final class RefusedException extends ClientException {
    private static final long serialVersionUID = 1L;
    /** What the protocol says to ask again later. */
    private static final Set<String> TEMPORARY =
            Set.of("unreachable", "mailbox-full", "slow-consumer", "overloaded", "timeout", "closing");

    private final String code;
    private final @Nullable String target;

    RefusedException(String code, String message, @Nullable String target) {
        super(message);
        this.code = code;
        this.target = target;
    }

    /** A frame that is larger than the server takes. */
    static RefusedException tooLarge(String message) {
        return new RefusedException("too-large", message, null);
    }

    /** For programs, such as {@code unknown-client}; the table is under "error" in docs/protocol.md. */
    public String code() {
        return code;
    }

    /** Whether the same may be taken later: the server is busy or stops, or what it needs for that cannot be reached now. */
    public boolean isTemporary() {
        return TEMPORARY.contains(code);
    }

    /** The address that it is about, if it is about one. */
    public Optional<String> target() {
        return Optional.ofNullable(target);
    }
}
