package dev.signalbox.database;

import org.jspecify.annotations.Nullable;

/** The root of this module's failures. The message never holds a password. */
public class DatabaseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Trouble trouble;

    public DatabaseException(String message, @Nullable Throwable cause) {
        this(Trouble.REFUSED, message, cause);
    }

    DatabaseException(Trouble trouble, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.trouble = trouble;
    }

    final Trouble trouble() {
        return trouble;
    }
}
