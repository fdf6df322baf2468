package dev.signalbox.database;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets one process at a time change the tables of a database, whatever module they belong to. The lock is the database's, on
 * a connection of its own, so that it ends with the process that holds it; on SQLite it is one on a file beside the database.
 */
final class MigrationLock {
    private static final Logger LOG = LoggerFactory.getLogger(MigrationLock.class);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
    private static final Duration LONGEST_WAIT = Duration.ofHours(1);

    /** File locks, and the names of some databases' locks, are between processes; this is between the threads of one. */
    private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock();

    private MigrationLock() {}

    /**
     * Runs the work while no other process runs its own on this database. Waits up to an hour for the others.
     *
     * @throws DatabaseUnavailableException if they take longer
     */
    static void alone(DatabaseConfig config, Runnable work) {
        ONE_AT_A_TIME.lock();
        try {
            if (config.dialect() == Dialect.SQLITE) {
                withFile(SqliteFile.beside(SqliteFile.real(config), ".migrating"), work);
            } else {
                Failures.translating(config, () -> withConnection(config, work));
            }
        } finally {
            ONE_AT_A_TIME.unlock();
        }
    }

    private static boolean withConnection(DatabaseConfig config, Runnable work) throws SQLException {
        try (Connection connection =
                DriverDataSource.of(config, config.pool().socketTimeout()).getConnection()) {
            await(config, connection);
            work.run();
            return true;
        }
    }

    private static void await(DatabaseConfig config, Connection connection) throws SQLException {
        Engine engine = Engine.of(config.dialect());
        long begun = System.nanoTime();
        for (boolean told = false; !engine.lockMigrations(connection); told = true) {
            if (!told) {
                LOG.info("waiting for another process that changes the tables of {}", config.place());
            }
            if (System.nanoTime() - begun > LONGEST_WAIT.toNanos()) {
                throw new DatabaseUnavailableException(
                        "another process has been changing the tables of " + config.place() + " for " + LONGEST_WAIT
                                + "; look what it does, end it if it hangs, and start again",
                        null);
            }
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_AGAIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatabaseException("interrupted while another process changed the tables", e);
        }
    }

    /**
     * Race: were the lock file deleted at the end, one process could hold the deleted file's lock and another that of its
     * successor. So it stays.
     */
    private static void withFile(Path file, Runnable work) {
        try {
            SqliteFile.createPrivate(file);
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                if (lock.isValid()) {
                    work.run();
                }
            }
        } catch (IOException e) {
            throw new DatabaseException("the lock file " + file + " cannot be used: " + e, e);
        }
    }
}
