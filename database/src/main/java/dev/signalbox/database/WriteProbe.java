package dev.signalbox.database;

import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the database can be written. A full disk answers every read, so this writes: at most once every {@link #PAUSE},
 * and every {@link #PAUSE_WHEN_DOWN} while it fails. Thread-safe; of callers who come at once, one
 * writes and the others are told what was known before.
 */
final class WriteProbe {
    static final Duration PAUSE = Duration.ofSeconds(5);
    static final Duration PAUSE_WHEN_DOWN = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(WriteProbe.class);
    private static final long STATEMENT_TIMEOUT_SECONDS = 5;

    /**
     * More than what most transactions write. On a disk that is nearly full a smaller write succeeds where they fail, in
     * what is left of the write-ahead log.
     */
    private static final int BYTES = 64 * 1024;

    /** After a write failed for want of space, this much has to be free before another success counts. */
    private static final long HEADROOM = 4L * BYTES;

    private final DatabaseConfig config;
    private final DataSource source;
    private final LongSupplier nanos;
    private final ReentrantLock probing = new ReentrantLock();
    private volatile @Nullable DatabaseException problem;
    private volatile long lastNanos;

    /** @param source where the connection for the write comes from; on SQLite it must not be the one of the writers */
    WriteProbe(DatabaseConfig config, DataSource source, LongSupplier nanos) {
        this.config = config;
        this.source = source;
        this.nanos = nanos;
        this.lastNanos = nanos.getAsLong() - PAUSE.toNanos();
    }

    /** What keeps the database from being written; empty if nothing does. */
    Optional<DatabaseException> problem() {
        if (isDue() && probing.tryLock()) {
            try {
                if (isDue()) {
                    probe();
                    lastNanos = nanos.getAsLong();
                }
            } finally {
                probing.unlock();
            }
        }
        return Optional.ofNullable(problem);
    }

    private boolean isDue() {
        Duration pause = problem == null ? PAUSE : PAUSE_WHEN_DOWN;
        return nanos.getAsLong() - lastNanos >= pause.toNanos();
    }

    /** Somebody's transaction failed. If that was for want of space, it counts like a probe. */
    void failed(DatabaseException failure) {
        if (Failures.isNotWritable(failure)) {
            lastNanos = nanos.getAsLong();
            problem = failure;
        }
    }

    private void probe() {
        try {
            write();
            if (problem == null || hasHeadroom()) {
                problem = null;
            }
        } catch (SQLException e) {
            DatabaseException failure = Failures.translate(config, e);
            if (failure instanceof DatabaseUnavailableException && !Failures.isBusy(config, e)) {
                problem = failure;
            } else {
                // Whoever holds the lock is writing; and a missing privilege says nothing about the disk.
                LOG.debug(
                        "the write probe of {} could not tell whether the database can be written",
                        config.place(),
                        failure);
            }
        }
    }

    private void write() throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            switch (config.dialect()) {
                case POSTGRESQL -> spill(connection, statement);
                case SQLITE -> overwrite(statement);
            }
        }
    }

    /**
     * Has the server write a temporary file on the disk of the database: no table, no lock, no log. A full disk of the
     * write-ahead log needs no probe: it stops the server.
     */
    private static void spill(Connection connection, Statement statement) throws SQLException {
        connection.setAutoCommit(false);
        try {
            statement.execute("set local statement_timeout = '" + STATEMENT_TIMEOUT_SECONDS + "s'");
            statement.execute("set local work_mem = '64kB'");
            statement.execute("set local temp_tablespaces = ''");
            try (ResultSet row = statement.executeQuery(
                    "select current_setting('transaction_read_only'), count(*) from generate_series(1, 10000)")) {
                row.next();
                if (row.getString(1).equals("on")) {
                    throw new SQLException("its transactions are read-only", "25006");
                }
            }
        } finally {
            connection.rollback();
        }
    }

    private static void overwrite(Statement statement) throws SQLException {
        statement.execute("begin immediate");
        try {
            statement.execute(
                    "create table if not exists signalbox_probe (id integer primary key, filler blob not null)");
            statement.execute("replace into signalbox_probe values (1, zeroblob(" + BYTES + "))");
            statement.execute("commit");
        } catch (SQLException e) {
            undo(statement, e);
            throw e;
        }
    }

    /** After some failures, such as a full disk, SQLite has rolled back already. */
    private static void undo(Statement statement, SQLException cause) {
        try {
            statement.execute("rollback");
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    private boolean hasHeadroom() {
        if (config.dialect() != Dialect.SQLITE) {
            return true;
        }
        try {
            return Files.getFileStore(SqliteFile.real(config)).getUsableSpace() >= HEADROOM;
        } catch (IOException e) {
            LOG.debug("the free space on the disk of {} could not be read", config.place(), e);
            return true;
        }
    }
}
