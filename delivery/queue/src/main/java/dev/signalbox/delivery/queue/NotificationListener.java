package dev.signalbox.delivery.queue;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseException;
import dev.signalbox.database.Notifications;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens for the NOTIFYs of other nodes, on a connection of its own. Without it, work is found by looking, a bit later. */
final class NotificationListener {
    private static final Logger LOG = LoggerFactory.getLogger(NotificationListener.class);

    /** How soon it notices that it is to stop. Waiting costs the database nothing. */
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Database database;
    private final Wake wake;
    private final Control control;
    private volatile boolean listening;

    NotificationListener(Database database, Wake wake, Control control) {
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
            try (Notifications notifications = Notifications.listen(
                    database, Wake.CHANNEL, database.config().pool().connectTimeout())) {
                listen(notifications);
            } catch (DatabaseException e) {
                if (!control.isStopped()) {
                    LOG.debug("the connection for notifications from other nodes failed; it is opened again", e);
                    Thread.sleep(PAUSE);
                }
            }
        }
    }

    private void listen(Notifications notifications) {
        listening = true;
        try {
            while (!control.isStopped()) {
                notifications.await(PATIENCE).forEach(wake::heard);
            }
        } finally {
            listening = false;
        }
    }
}
