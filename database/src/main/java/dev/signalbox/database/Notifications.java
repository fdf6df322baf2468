package dev.signalbox.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * A connection that listens to one of PostgreSQL's channels. It is taken from the pool until {@link #close}. What is told while nobody
 * listens is lost, so changes have to be looked for by other means, too. For one thread at a time.
 *
 * <p>A connection that broke without a word looks like one on which nothing happens. So one that has been quiet for a while is asked for
 * a sign of life. After any failure it is of no more use: close it, and listen anew.
 */
public final class Notifications implements AutoCloseable {
    private static final String CHANNEL = "[a-z][a-z0-9_]{0,62}";
    /** How long the first and the last statement may take. */
    private static final Duration OPENING = Duration.ofSeconds(10);

    private final DatabaseConfig config;
    private final Connection connection;
    private final Duration liveness;
    private long lastSign = System.nanoTime();
    private boolean closed;

    private Notifications(DatabaseConfig config, Connection connection, Duration liveness) {
        this.config = config;
        this.connection = connection;
        this.liveness = liveness;
    }

    /**
     * Begins to listen.
     *
     * @param channel 1 to 63 lower-case letters, digits and underscores, the first a letter
     * @param liveness after how long without a notification the connection is asked for a sign of life, and how long it has for that; at least 1 ms
     * @throws IllegalArgumentException if the channel has another name, or the database is not PostgreSQL
     * @throws DatabaseException if the database cannot be reached or refuses
     */
    public static Notifications listen(Database database, String channel, Duration liveness) {
        if (database.dialect() != Dialect.POSTGRESQL) {
            throw new IllegalArgumentException(
                    database.dialect().name().toLowerCase(Locale.ROOT) + " has no notifications; only PostgreSQL has");
        }
        if (!channel.matches(CHANNEL)) {
            throw new IllegalArgumentException("channel '" + channel
                    + "' is not 1 to 63 lower-case letters, digits and underscores, the first a letter");
        }
        return Failures.translating(database.config(), () -> {
            var notifications =
                    new Notifications(database.config(), database.dataSource().getConnection(), liveness);
            try {
                notifications.execute("listen " + channel, OPENING);
                return notifications;
            } catch (SQLException e) {
                notifications.connection.close();
                throw e;
            }
        });
    }

    /**
     * Waits until something is told.
     *
     * @param within 1 ms at least
     * @return the payloads, in order; empty if nothing was told in that time
     * @throws DatabaseException if the connection failed, or gave no sign of life
     */
    public List<String> await(Duration within) {
        List<String> told = Failures.translating(config, () -> payloads(within));
        if (!told.isEmpty()) {
            lastSign = System.nanoTime();
        } else if (System.nanoTime() - lastSign > liveness.toNanos()) {
            check();
        }
        return told;
    }

    private List<String> payloads(Duration within) throws SQLException {
        PGNotification[] notifications =
                connection.unwrap(PGConnection.class).getNotifications((int) Math.max(1, within.toMillis()));
        return Arrays.stream(notifications).map(PGNotification::getParameter).toList();
    }

    /**
     * Asks the connection for a sign of life now.
     *
     * @throws DatabaseException if it gives none in time
     */
    public void check() {
        Failures.translating(config, () -> execute("select 1", liveness));
        lastSign = System.nanoTime();
    }

    /** Without a limit, a connection whose other end vanished would be read from for ever. */
    private boolean execute(String sql, Duration within) throws SQLException {
        connection.setNetworkTimeout(Runnable::run, (int) Math.max(1, within.toMillis()));
        try (Statement statement = connection.createStatement()) {
            return statement.execute(sql);
        }
    }

    /**
     * The pool keeps the connection if it is fit for others, and throws it away if it failed.
     *
     * @throws DatabaseException if it failed just now; it is closed all the same
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        Failures.translating(config, () -> {
            try (connection) {
                return execute("unlisten *", OPENING);
            }
        });
    }
}
