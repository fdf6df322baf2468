package dev.signalbox.delivery.queue;

import dev.signalbox.database.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens for the NOTIFYs of other nodes, on a connection of its own. Without it, work is found by looking, a bit later.
 *
 * <p>A connection that broke without a word looks like one on which nothing happens. So a connection that has been quiet for the
 * database's connect timeout is asked for a sign of life, which it has as long to give.
 */
final class NotificationListener {
    private static final Logger LOG = LoggerFactory.getLogger(NotificationListener.class);

    /** How soon it notices that it is to stop. Waiting costs the database nothing. */
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Database database;
    private final Wake wake;
    private final Control control;
    private final Duration liveness;
    private volatile boolean listening;

    NotificationListener(Database database, Wake wake, Control control) {
        this.database = database;
        this.wake = wake;
        this.control = control;
        this.liveness = database.config().pool().connectTimeout();
    }

    boolean isListening() {
        return listening;
    }

    /** The loop of the continuous mode. */
    void run() throws InterruptedException {
        while (!control.isStopped()) {
            try (Connection connection = database.dataSource().getConnection()) {
                listen(connection);
            } catch (SQLException e) {
                if (!control.isStopped()) {
                    LOG.debug("the connection for notifications from other nodes failed; it is opened again", e);
                    Thread.sleep(PAUSE);
                }
            } finally {
                listening = false;
            }
        }
    }

    private void listen(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("listen " + Wake.CHANNEL);
            listening = true;
            PGConnection postgres = connection.unwrap(PGConnection.class);
            long lastSign = System.nanoTime();
            while (!control.isStopped()) {
                PGNotification[] notifications = postgres.getNotifications((int) PATIENCE.toMillis());
                for (PGNotification notification : notifications) {
                    wake.heard(notification.getParameter());
                }
                boolean quiet = System.nanoTime() - lastSign > liveness.toNanos();
                if (quiet) {
                    checkAlive(connection, statement);
                }
                lastSign = notifications.length > 0 || quiet ? System.nanoTime() : lastSign;
            }
            statement.execute("unlisten *");
        }
    }

    private void checkAlive(Connection connection, Statement statement) throws SQLException {
        if (!connection.isValid((int) Math.max(1, liveness.toSeconds()))) {
            listening = false;
            connection.abort(Runnable::run); // Closing it would wait for the other end.
            statement.execute("unlisten *"); // Fails, by which the pool learns that the connection is of no use.
        }
    }
}
