package dev.signalbox.ha.lease;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseException;
import dev.signalbox.database.DedicatedConnection;
import dev.signalbox.database.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits in PostgreSQL for the lock of a lease's holder, and tells when it is free: the lease was released, or the holder's connection
 * has ended. A holder watches its own, so that it hears when its connection was cut; as long as it holds the lease without its lock, it is
 * told again and again, to renew and have the lock back. One thread and one connection. Thread-safe.
 *
 * <p>What is told is a hint. A lock of a holder that is frozen stays, also after its lease has run out and another holds the next; the
 * watch of that one begins when the frozen process wakes or ends.
 */
final class LivenessWatch implements LeaseStore.Watch {
    private static final Logger LOG = LoggerFactory.getLogger(LivenessWatch.class);

    /** A term may last for as long as it likes, but a wait on a connection that is dead has to end some time. */
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);
    private static final Duration CANCEL_AGAIN = Duration.ofMillis(20);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final String HOLDER = """
            select epoch from signalbox_lease
            where name = ? and owner <> '' and until > $now
                and lock_epoch = epoch and lock_server = pg_postmaster_start_time()
            """.replace("$now", DatabaseStore.now(Dialect.POSTGRESQL));

    /** Lets the server notice within seconds that one that waits has ended; PostgreSQL has it from version 14 on. */
    private static final String CHECK_CLIENT =
            "select set_config(name, '5s', false) from pg_settings where name = 'client_connection_check_interval'";

    private static final String AWAIT = "select pg_advisory_xact_lock_shared(" + LivenessLocks.HASH + ")";

    private final Database database;
    private final String name;
    private final Runnable changed;
    private final BooleanSupplier lockMissing;
    private final Signal wake = new Signal();
    private final Thread thread;
    private volatile @Nullable Statement waiting;
    private volatile boolean closed;

    /** @param lockMissing whether a holder of this process holds the lease without its lock */
    LivenessWatch(Database database, String name, Runnable changed, BooleanSupplier lockMissing) {
        this.database = database;
        this.name = name;
        this.changed = changed;
        this.lockMissing = lockMissing;
        this.thread = Thread.ofPlatform()
                .daemon()
                .name("signalbox-lease-watch-" + name)
                .unstarted(this::run);
    }

    LivenessWatch start() {
        thread.start();
        return this;
    }

    private void run() {
        try {
            while (!closed) {
                wake.await(safeWatch());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Nobody else would watch any more, so neither a listener's failure nor an error ends this thread. */
    private Duration safeWatch() throws InterruptedException {
        try {
            return watch();
        } catch (RuntimeException | Error e) {
            LOG.error("the watch of the lease '{}' failed and begins again in {}", name, PAUSE_AFTER_FAILURE, e);
            return PAUSE_AFTER_FAILURE;
        }
    }

    /** Watches until the connection fails; returns how long to wait before the next. */
    private Duration watch() throws InterruptedException {
        try (DedicatedConnection connection = DedicatedConnection.open(database, LONGEST_WAIT)) {
            connection.run(LivenessWatch::checkClient);
            changed.run(); // Nobody watched until now.
            while (!closed) {
                if (connection.run(this::awaitEnd) || lockMissing.getAsBoolean()) {
                    changed.run();
                }
                // A free lease may stay free, so nothing is asked or told without a pause.
                wake.await(PAUSE);
            }
            return Duration.ZERO;
        } catch (DatabaseException e) {
            if (!closed) {
                LOG.debug("the holder of the lease '{}' cannot be watched for now", name, e);
                changed.run(); // The holder's connection may be gone for the same reason.
            }
            return PAUSE_AFTER_FAILURE;
        }
    }

    private static boolean checkClient(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.execute(CHECK_CLIENT);
        }
    }

    /** Returns false at once if no holder has a lock. */
    private boolean awaitEnd(Connection connection) throws SQLException {
        Optional<Long> epoch = holder(connection);
        if (epoch.isEmpty()) {
            return false;
        }
        try (PreparedStatement statement = connection.prepareStatement(AWAIT)) {
            statement.setString(1, LivenessLocks.key(name, epoch.get()));
            waiting = statement;
            return !closed && statement.execute();
        } finally {
            waiting = null;
        }
    }

    private Optional<Long> holder(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(HOLDER)) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? Optional.of(row.getLong(1)) : Optional.empty();
            }
        }
    }

    /** Race: a statement may begin just after it was cancelled, so it is cancelled until the thread has ended. */
    @Override
    public void close() {
        closed = true;
        wake.give();
        long end = System.nanoTime() + PATIENCE.toNanos();
        try {
            while (!Thread.currentThread().equals(thread) && !thread.join(CANCEL_AGAIN) && System.nanoTime() < end) {
                cancel();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void cancel() {
        Statement running = waiting;
        if (running != null) {
            try {
                running.cancel();
            } catch (SQLException e) {
                LOG.debug("a wait for the holder of the lease '{}' could not be cancelled", name, e);
            }
        }
    }
}
