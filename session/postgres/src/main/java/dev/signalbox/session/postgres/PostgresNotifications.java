package dev.signalbox.session.postgres;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseException;
import dev.signalbox.session.bus.SessionStore.ChangeListener;
import dev.signalbox.session.bus.SessionStore.Notifications;
import dev.signalbox.session.bus.SessionUnavailableException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection that listens to what every {@link PostgresNotifier} tells. */
final class PostgresNotifications implements Notifications {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresNotifications.class);
    private static final Pattern CHANGED = Pattern.compile("([0-9]{1,18}):(.+)");

    private final dev.signalbox.database.Notifications channel;
    private final ChangeListener listener;
    private volatile boolean closed;

    private PostgresNotifications(dev.signalbox.database.Notifications channel, ChangeListener listener) {
        this.channel = channel;
        this.listener = listener;
    }

    static Notifications open(Database database, ChangeListener listener, Duration liveness) {
        try {
            return new PostgresNotifications(
                    dev.signalbox.database.Notifications.listen(database, PostgresNotifier.CHANNEL, liveness),
                    listener);
        } catch (DatabaseException e) {
            throw failed(e);
        }
    }

    private static SessionUnavailableException failed(DatabaseException cause) {
        return new SessionUnavailableException(
                "the connection that listens for new events failed: " + cause.getMessage(), cause);
    }

    @Override
    public void await(Duration within) {
        try {
            channel.await(within).forEach(this::tell);
        } catch (DatabaseException e) {
            throw failed(e);
        }
    }

    @Override
    public void check() {
        try {
            channel.check();
        } catch (DatabaseException e) {
            throw failed(e);
        }
    }

    /** Anyone may notify; what a {@link PostgresNotifier} would not say is taken as a hint that something happened. */
    private void tell(String payload) {
        if (closed) {
            return;
        }
        Map<String, Long> changed = new HashMap<>();
        for (String one : payload.split(" ", -1)) {
            Matcher matcher = CHANGED.matcher(one);
            if (!matcher.matches()) {
                listener.changedSomewhere();
                return;
            }
            changed.put(matcher.group(2), Long.parseLong(matcher.group(1)));
        }
        changed.forEach(listener::changed);
    }

    @Override
    public void close() {
        closed = true;
        try {
            channel.close();
        } catch (DatabaseException e) {
            LOG.debug("the connection that listened is given up", e);
        }
    }
}
