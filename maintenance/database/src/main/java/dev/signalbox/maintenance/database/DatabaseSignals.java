package dev.signalbox.maintenance.database;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseException;
import dev.signalbox.database.Dialect;
import dev.signalbox.database.Migration;
import dev.signalbox.database.Notifications;
import dev.signalbox.maintenance.control.SharedSignals;
import dev.signalbox.maintenance.control.Signal;
import dev.signalbox.maintenance.control.SignalSourceException;
import dev.signalbox.maintenance.control.SignalText;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A row of the table {@code maintenance_signal} is the signal, for all nodes that share the database; no row is off. Its column
 * {@code word} may be written by hand, as {@link SignalText} reads it. The row is read every {@link #POLL}, and on PostgreSQL, which tells
 * of every change, at once; that takes a connection of the pool. Thread-safe.
 */
public final class DatabaseSignals implements SharedSignals {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseSignals.class);

    /** How long a change may take to be noticed, beside the query itself. */
    public static final Duration POLL = Duration.ofMillis(200);

    private static final String CHANNEL = "signalbox_maintenance";
    private static final String MODULE = "maintenance";
    private static final String FOLDER = "dev/signalbox/maintenance/database";

    private final Database database;
    private final String name;
    private final ReentrantLock telling = new ReentrantLock();
    private @Nullable Thread thread;
    /** Belongs to the thread that watches. */
    private @Nullable Notifications changes;

    private volatile boolean closed;

    private DatabaseSignals(Database database, String name) {
        this.database = database;
        this.name = name;
    }

    /**
     * Brings the table up to date.
     *
     * @param name of the source, and of its row
     * @throws DatabaseException if the database cannot be reached or refuses
     */
    public static DatabaseSignals open(Database database, String name) {
        migrate(database);
        return new DatabaseSignals(database, name);
    }

    /** The history of the table, with what {@link #migrate} would still do. Changes nothing. */
    public static List<Migration> migrations(Database database) {
        return database.migrations(MODULE, FOLDER, DatabaseSignals.class.getClassLoader());
    }

    /** Brings the table up to date, as opening does. */
    public static void migrate(Database database) {
        database.migrate(MODULE, FOLDER, DatabaseSignals.class.getClassLoader());
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void start(Listener listener) {
        thread = Thread.ofVirtual().name("signalbox-signals-" + name).start(() -> watch(listener));
    }

    private void watch(Listener listener) {
        try {
            while (!closed) {
                look(listener);
                awaitChange();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            stopListening();
        }
    }

    /** Also returns when it begins to listen: a change before that was not heard. */
    private void awaitChange() throws InterruptedException {
        if (database.dialect() == Dialect.POSTGRESQL) {
            try {
                if (changes != null) {
                    changes.await(POLL);
                    return;
                }
                changes = Notifications.listen(
                        database, CHANNEL, database.config().pool().connectTimeout());
                return;
            } catch (DatabaseException e) {
                LOG.debug("the connection that listens for signals failed; it is opened again", e);
                stopListening();
            }
        }
        TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
    }

    private void stopListening() {
        try (Notifications _ = changes) {
            changes = null;
        } catch (DatabaseException e) {
            LOG.debug("the connection that listened for signals is given up", e);
        }
    }

    private void look(Listener listener) {
        try {
            Optional<Signal> found = database.read(this::read).flatMap(word -> SignalText.parse(word, name));
            tell(() -> listener.says(found));
        } catch (DatabaseException e) {
            tell(() -> listener.lost(String.valueOf(e.getMessage())));
        }
    }

    private Optional<String> read(Connection connection) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement("select word from maintenance_signal where name = ?")) {
            query.setString(1, name);
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
            }
        }
    }

    private void tell(Runnable word) {
        telling.lock();
        try {
            if (!closed) {
                word.run();
            }
        } finally {
            telling.unlock();
        }
    }

    @Override
    public void publish(Signal signal) {
        write(connection -> {
            delete(connection);
            try (PreparedStatement insert =
                    connection.prepareStatement("insert into maintenance_signal (name, word) values (?, ?)")) {
                insert.setString(1, name);
                insert.setString(2, SignalText.format(signal));
                return insert.executeUpdate();
            }
        });
    }

    @Override
    public void withdraw() {
        write(this::delete);
    }

    private int delete(Connection connection) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("delete from maintenance_signal where name = ?")) {
            delete.setString(1, name);
            return delete.executeUpdate();
        }
    }

    private void write(dev.signalbox.database.Work<Integer> change) {
        try {
            database.transact(change);
        } catch (DatabaseException e) {
            throw new SignalSourceException("the signal cannot be written: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        telling.lock();
        try {
            closed = true;
        } finally {
            telling.unlock();
        }
        if (thread != null) {
            thread.interrupt();
        }
    }
}
