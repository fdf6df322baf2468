package dev.signalbox.database;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteException;

/** Tells apart what a database's failures mean for the caller. */
final class Failures {
    private static final String DISK_FULL = "53100";
    private static final String READ_ONLY = "25006";

    /** Shutting down, crashed, starting up; and a standby that has not taken over yet. */
    private static final Set<String> AWAY = Set.of("57P01", "57P02", "57P03", READ_ONLY);

    /** Lost connections; servers out of connections, memory or disk; and those whose disk fails. */
    private static final Set<String> AWAY_CLASSES = Set.of("08", "53", "58");

    private static final int SQLITE_BUSY = 5;
    private static final int SQLITE_READONLY = 8;
    private static final int SQLITE_FULL = 13;

    /** SQLite's BUSY, LOCKED, NOMEM, READONLY, IOERR, FULL and CANTOPEN: what is so now may not be so later. */
    private static final Set<Integer> SQLITE_AWAY = Set.of(SQLITE_BUSY, 6, 7, SQLITE_READONLY, 10, SQLITE_FULL, 14);

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
        String reason = ": " + root.getMessage();
        String place = "the database " + config.place();
        if (isFull(root)) {
            return new DatabaseUnavailableException(
                    place + " has no space left" + reason + ". Free some space on its disk.", e);
        }
        if (isReadOnly(root)) {
            return new DatabaseUnavailableException(place + " is read-only" + reason, e);
        }
        return isAway(config, e) || isAway(config, root)
                ? new DatabaseUnavailableException(place + " cannot be reached" + reason, e)
                : new DatabaseException(place + " refused" + reason, e);
    }

    /** Whether it answers and can be read, but takes no writes. */
    static boolean isNotWritable(DatabaseException e) {
        return e.getCause() instanceof SQLException sql && (isFull(deepest(sql)) || isReadOnly(deepest(sql)));
    }

    private static boolean isFull(SQLException e) {
        return e instanceof SQLiteException ? code(e) == SQLITE_FULL : DISK_FULL.equals(e.getSQLState());
    }

    private static boolean isReadOnly(SQLException e) {
        return e instanceof SQLiteException ? code(e) == SQLITE_READONLY : READ_ONLY.equals(e.getSQLState());
    }

    /** Whether another connection is writing to the SQLite file. */
    static boolean isBusy(DatabaseConfig config, SQLException e) {
        return config.dialect() == Dialect.SQLITE && code(deepest(e)) == SQLITE_BUSY;
    }

    private static int code(SQLException e) {
        return e.getErrorCode() & 0xff;
    }

    static boolean isConflict(SQLException e) {
        return e.getSQLState() != null && CONFLICT.contains(e.getSQLState());
    }

    private static boolean isAway(DatabaseConfig config, SQLException e) {
        if (config.dialect() == Dialect.SQLITE && SQLITE_AWAY.contains(code(e))) {
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
