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

/** Listens for the NOTIFYs of other nodes, on a connection of its own. Without it, work is found by looking, a bit later. */
final class Ear {
    private static final Logger LOG = LoggerFactory.getLogger(Ear.class);
    /** How soon it notices that it is to stop. Waiting costs the database nothing. */
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Database database;
    private final Wake wake;
    private final Control control;
    private volatile boolean listening;

    Ear(Database database, Wake wake, Control control) {
        this.database = database;
        this.wake = wake;
        this.control = control;
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
            while (!control.isStopped()) {
                for (PGNotification notification : postgres.getNotifications((int) PATIENCE.toMillis())) {
                    wake.heard(notification.getParameter());
                }
            }
            statement.execute("unlisten *");
        }
    }
}
