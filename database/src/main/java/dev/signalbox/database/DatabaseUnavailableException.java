package dev.signalbox.database;

import org.jspecify.annotations.Nullable;

/** The database cannot be reached at the moment, or went away in the middle; trying again later may help. */
public final class DatabaseUnavailableException extends DatabaseException {
    private static final long serialVersionUID = 1L;

    public DatabaseUnavailableException(String message, @Nullable Throwable cause) {
        this(FailureKind.AWAY, message, cause);
    }

    DatabaseUnavailableException(FailureKind kind, String message, @Nullable Throwable cause) {
        super(kind, message, cause);
    }
}
