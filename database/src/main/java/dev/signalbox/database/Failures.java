package dev.signalbox.database;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/** Puts a database's failures into words, by what they mean for the caller. */
final class Failures {
    @FunctionalInterface
    interface Step<T extends @Nullable Object> {
        T run() throws SQLException;
    }

    private Failures() {}

    static <T extends @Nullable Object> T translating(DatabaseConfig config, Step<T> step) {
        try {
            return step.run();
        } catch (SQLException e) {
            throw translate(config, e);
        }
    }

    static DatabaseException translate(DatabaseConfig config, SQLException e) {
        FailureKind kind = failureKind(config, e);
        String place = "the database " + config.place();
        String reason = ": " + deepest(e).getMessage();
        return switch (kind) {
            case FULL ->
                new DatabaseUnavailableException(
                        kind, place + " has no space left" + reason + ". Free some space on its disk.", e);
            case READ_ONLY -> new DatabaseUnavailableException(kind, place + " is read-only" + reason, e);
            case SLOW -> new DatabaseUnavailableException(kind, place + " took too long" + reason, e);
            case AWAY, BUSY -> new DatabaseUnavailableException(kind, place + " cannot be reached" + reason, e);
            case CONFLICT, REFUSED -> new DatabaseException(kind, place + " refused" + reason, e);
        };
    }

    static boolean isConflict(DatabaseConfig config, SQLException e) {
        return failureKind(config, e) == FailureKind.CONFLICT;
    }

    /** The pool wraps the driver's failure, which is the one that says why; but only the pool knows that it was exhausted. */
    static FailureKind failureKind(DatabaseConfig config, SQLException e) {
        Engine engine = Engine.of(config.dialect());
        FailureKind root = engine.failureKind(deepest(e));
        if (root != FailureKind.REFUSED) {
            return root;
        }
        boolean exhausted =
                e instanceof SQLTransientConnectionException && e.getSQLState() == null && e.getCause() == null;
        return exhausted ? FailureKind.AWAY : engine.failureKind(e);
    }

    private static SQLException deepest(SQLException e) {
        SQLException deepest = e;
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                deepest = sql;
            }
        }
        return deepest;
    }
}
