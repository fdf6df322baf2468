package dev.signalbox.exec;

import org.jspecify.annotations.Nullable;

/** The root of this module's failures. Thrown itself if a process cannot be started. */
public class ExecException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ExecException(String message) {
        this(message, null);
    }

    public ExecException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
