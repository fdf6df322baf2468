package dev.signalbox.database;

import org.jspecify.annotations.Nullable;

/** The root of this module's failures. The message never holds a password. */
public class DatabaseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final FailureKind kind;

    public DatabaseException(String message, @Nullable Throwable cause) {
        this(FailureKind.REFUSED, message, cause);
    }

    DatabaseException(FailureKind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    final FailureKind kind() {
        return kind;
    }
}
