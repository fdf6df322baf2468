package dev.signalbox.database;

import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
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
    /** After a write failed for want of space, this much has to be free before another success counts. */
    private static final long HEADROOM = 4L * SqliteEngine.PROBE_BYTES;

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

    /** Somebody's transaction failed. If the database took no writes, it counts like a probe. */
    void failed(DatabaseException failure) {
        if (failure.kind() == FailureKind.FULL || failure.kind() == FailureKind.READ_ONLY) {
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
            if (failure.kind().passes() && failure.kind() != FailureKind.BUSY) {
                problem = failure;
            } else {
                // The holder of the lock is writing; and a missing privilege says nothing about the disk.
                LOG.debug(
                        "the write probe of {} could not tell whether the database can be written",
                        config.place(),
                        failure);
            }
        }
    }

    private void write() throws SQLException {
        try (Connection connection = source.getConnection()) {
            Engine.of(config.dialect()).write(connection);
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
