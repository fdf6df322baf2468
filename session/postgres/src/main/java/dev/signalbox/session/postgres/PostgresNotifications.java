package dev.signalbox.session.postgres;

import dev.signalbox.database.Database;
import dev.signalbox.session.bus.SessionStore.ChangeListener;
import dev.signalbox.session.bus.SessionStore.Notifications;
import dev.signalbox.session.bus.SessionUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection that listens to what every {@link PostgresNotifier} tells. */
final class PostgresNotifications implements Notifications {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresNotifications.class);
    /** How long the first and the last statement may take. */
    private static final Duration OPENING = Duration.ofSeconds(10);

    private static final Pattern CHANGED = Pattern.compile("([0-9]{1,18}):(.+)");

    private final Connection connection;
    private final ChangeListener listener;
    private final Duration liveness;
    private volatile boolean closed;

    private PostgresNotifications(Connection connection, ChangeListener listener, Duration liveness) {
        this.connection = connection;
        this.listener = listener;
        this.liveness = liveness;
    }

    static Notifications open(Database database, ChangeListener listener, Duration liveness) {
        try {
            Connection connection = database.dataSource().getConnection();
            PostgresNotifications notifications = new PostgresNotifications(connection, listener, liveness);
            try {
                notifications.execute("listen " + PostgresNotifier.CHANNEL, OPENING);
                return notifications;
            } catch (SQLException e) {
                connection.close();
                throw e;
            }
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    private static SessionUnavailableException failed(SQLException cause) {
        return new SessionUnavailableException(
                "the connection that listens for new events failed: " + cause.getMessage(), cause);
    }

    /** Without a limit, a connection whose other end vanished would be read from for ever. */
    private void execute(String sql, Duration within) throws SQLException {
        connection.setNetworkTimeout(Runnable::run, (int) within.toMillis());
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void await(Duration within) {
        try {
            PGConnection postgres = connection.unwrap(PGConnection.class);
            for (PGNotification notification : postgres.getNotifications((int) Math.max(1, within.toMillis()))) {
                tell(notification.getParameter());
            }
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    @Override
    public void check() {
        try {
            execute("select 1", liveness);
        } catch (SQLException e) {
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

    /** The pool keeps the connection if it is fit for others, and throws it away if it failed. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try (connection) {
            execute("unlisten *", OPENING);
        } catch (SQLException e) {
            LOG.debug("the connection that listened is given up", e);
        }
    }
}
