package dev.signalbox.database;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells apart what a database's failures mean for the caller. */
final class Failures {
    /** Shutting down, crashed, starting up; and a standby that has not taken over yet. */
    private static final Set<String> AWAY = Set.of("57P01", "57P02", "57P03", "25006");

    /** Lost connections; and servers out of connections, memory or disk. */
    private static final Set<String> AWAY_CLASSES = Set.of("08", "53");

    /** SQLite's BUSY, LOCKED, NOMEM, IOERR, FULL and CANTOPEN: what is so now may not be so later. */
    private static final Set<Integer> SQLITE_AWAY = Set.of(5, 6, 7, 10, 13, 14);

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
        return isAway(config, e) || isAway(config, root)
                ? new DatabaseUnavailableException(
                        "the database " + config.place() + " cannot be reached: " + root.getMessage(), e)
                : new DatabaseException("the database " + config.place() + " refused: " + root.getMessage(), e);
    }

    static boolean isConflict(SQLException e) {
        return e.getSQLState() != null && CONFLICT.contains(e.getSQLState());
    }

    private static boolean isAway(DatabaseConfig config, SQLException e) {
        if (config.dialect() == Dialect.SQLITE && SQLITE_AWAY.contains(e.getErrorCode() & 0xff)) {
            return true;
        }
        String state = e.getSQLState();
        if (state == null) {
            return e instanceof SQLTransientConnectionException && e.getCause() == null;
        }
        return AWAY.contains(state) || AWAY_CLASSES.contains(state.substring(0, 2));
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
