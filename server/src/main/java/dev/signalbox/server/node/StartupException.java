package dev.signalbox.server.node;

import org.jspecify.annotations.Nullable;

/** A node cannot start; the message tells the operator what is wrong and what to do. */
public final class StartupException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public StartupException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
