package dev.signalbox.database;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells apart what a database's failures mean for the caller. */
final class Failures {
    /** Shutting down, crashed, starting up, too many connections; and the driver's own for a lost connection. */
    private static final Set<String> AWAY = Set.of("57P01", "57P02", "57P03", "53300");

    private static final Set<String> CONFLICT = Set.of("40001", "40P01");

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
        SQLException root = deepest(e);
        return isAway(e) || isAway(root)
                ? new DatabaseUnavailableException(
                        "the database " + config.place() + " cannot be reached: " + root.getMessage(), e)
                : new DatabaseException("the database " + config.place() + " refused: " + root.getMessage(), e);
    }

    static boolean isConflict(SQLException e) {
        return e.getSQLState() != null && CONFLICT.contains(e.getSQLState());
    }

    private static boolean isAway(SQLException e) {
        String state = e.getSQLState();
        if (state == null) {
            return e instanceof SQLTransientConnectionException && e.getCause() == null;
        }
        return state.startsWith("08") || AWAY.contains(state);
    }

    /** The pool wraps the driver's failure, which is the one that says why. */
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
