package dev.signalbox.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Runs work on connections of a pool: begins, commits, rolls back, repeats. Thread-safe. */
final class Transactions {
    private static final int ATTEMPTS = 4;
    private static final long LONGEST_PAUSE_MILLIS = 40;

    @FunctionalInterface
    private interface Rollback {
        void run() throws SQLException;
    }

    private final DatabaseConfig config;
    private final Pools pools;
    private final Consumer<DatabaseException> failed;

    /** @param failed is told of each failure of work that may write */
    Transactions(DatabaseConfig config, Pools pools, Consumer<DatabaseException> failed) {
        this.config = config;
        this.pools = pools;
        this.failed = failed;
    }

    <T extends @Nullable Object> T transact(Work<T> work) {
        return writing(() -> repeating(() -> once(work)));
    }

    <T extends @Nullable Object> T autoCommit(Work<T> work) {
        return isSqlite()
                ? transact(work)
                : writing(() -> repeating(() -> {
                    try (Connection connection = pools.writers().connection()) {
                        return work.run(connection);
                    }
                }));
    }

    <T extends @Nullable Object> T read(Work<T> work) {
        return Failures.translating(config, () -> {
            try (Connection connection = pools.readers().connection()) {
                connection.setAutoCommit(false);
                Engine.of(config.dialect()).snapshot(connection);
                return finish(connection, work);
            }
        });
    }

    private <T extends @Nullable Object> T writing(Failures.Step<T> step) {
        try {
            return Failures.translating(config, step);
        } catch (DatabaseException e) {
            failed.accept(e);
            throw e;
        }
    }

    private <T extends @Nullable Object> T repeating(Failures.Step<T> step) throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                return step.run();
            } catch (SQLException | RuntimeException e) {
                if (attempt == ATTEMPTS || !isConflict(e) || !pause(attempt)) {
                    throw e;
                }
            }
        }
    }

    /** Libraries that work on the connection wrap what the driver throws. */
    private boolean isConflict(Exception failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return Failures.isConflict(config, sql);
            }
        }
        return false;
    }

    /** Two that met in a deadlock would meet again if both came back at once. */
    private static boolean pause(int attempt) {
        try {
            Thread.sleep(ThreadLocalRandom.current().nextLong(1, LONGEST_PAUSE_MILLIS) * attempt);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private <T extends @Nullable Object> T once(Work<T> work) throws SQLException {
        try (Connection connection = pools.writers().connection()) {
            if (isSqlite()) {
                return immediately(connection, work);
            }
            connection.setAutoCommit(false);
            return finish(connection, work);
        }
    }

    private boolean isSqlite() {
        return config.dialect() == Dialect.SQLITE;
    }

    /** Left to itself, SQLite's driver follows each commit with the next {@code begin}, and so keeps the file locked. */
    private static <T extends @Nullable Object> T immediately(Connection connection, Work<T> work) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("begin immediate");
            try {
                T result = work.run(connection);
                statement.execute("commit");
                return result;
            } catch (SQLException | RuntimeException | Error e) {
                undo(() -> statement.execute("rollback"), e);
                throw e;
            }
        }
    }

    private static <T extends @Nullable Object> T finish(Connection connection, Work<T> work) throws SQLException {
        try {
            T result = work.run(connection);
            connection.commit();
            return result;
        } catch (SQLException | RuntimeException | Error e) {
            undo(connection::rollback, e);
            throw e;
        }
    }

    /** Where even that fails, the pool drops the connection and the server rolls back; the first failure is the story. */
    private static void undo(Rollback rollback, Throwable cause) {
        try {
            rollback.run();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }
}
