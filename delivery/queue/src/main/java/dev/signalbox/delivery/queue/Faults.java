package dev.signalbox.delivery.queue;

import dev.signalbox.database.DatabaseException;
import java.sql.SQLException;
import java.util.Set;

/** Tells failures that a row is to blame for from those of the database, which pass: locks, time limits, lost connections. */
final class Faults {
    /** Classes of SQLSTATE: data exception, integrity constraint violation, program limit exceeded. */
    private static final Set<String> DATA = Set.of("22", "23", "54");

    /** SQLite's TOOBIG, CONSTRAINT and MISMATCH; it gives no SQLSTATE. */
    private static final Set<Integer> SQLITE_DATA = Set.of(18, 19, 20);

    /** The class of SQLSTATE of broken connections. */
    private static final String CONNECTION = "08";

    private Faults() {}

    /** Whether the same rows would fail again, however often they are offered. */
    static boolean isOfTheData(RuntimeException failure) {
        if (!(failure instanceof DatabaseException)) {
            return true; // A fault in this module, which depends on what it was given.
        }
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && isOfTheData(sql)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOfTheData(SQLException e) {
        String state = e.getSQLState();
        return state == null ? SQLITE_DATA.contains(e.getErrorCode() & 0xff) : DATA.contains(classOf(state));
    }

    /** Whether the connection broke, so that nobody knows what the server did with the last statement. */
    static boolean isCut(DatabaseException failure) {
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql
                    && sql.getSQLState() != null
                    && classOf(sql.getSQLState()).equals(CONNECTION)) {
                return true;
            }
        }
        return false;
    }

    private static String classOf(String state) {
        return state.substring(0, Math.min(2, state.length()));
    }
}
