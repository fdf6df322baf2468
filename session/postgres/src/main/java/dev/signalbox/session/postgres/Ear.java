package dev.signalbox.session.postgres;

import dev.signalbox.database.Database;
import dev.signalbox.session.bus.SessionStore.Tail;
import dev.signalbox.session.bus.SessionStore.TailListener;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** Listens for what a {@link Bell} rings anywhere, on one connection, and finds itself another when that breaks. */
final class Ear implements Tail {
    /** How soon it notices that it is to stop. Waiting costs the database nothing. */
    private static final Duration PATIENCE = Duration.ofMillis(250);
    /** A connection that broke without a word is noticed by asking over it. */
    private static final Duration CHECK = Duration.ofSeconds(10);

    private static final Pattern CHANGED = Pattern.compile("([0-9]{1,18}):(.+)");

    private static final long FIRST_PAUSE_MILLIS = 50;
    private static final long LONGEST_PAUSE_MILLIS = 2_000;

    private final Database database;
    private final TailListener listener;
    private final CountDownLatch stop = new CountDownLatch(1);
    private long pauseMillis = FIRST_PAUSE_MILLIS;
    private boolean down;

    private Ear(Database database, TailListener listener) {
        this.database = database;
        this.listener = listener;
    }

    static Tail open(Database database, TailListener listener) {
        Ear ear = new Ear(database, listener);
        Thread.ofVirtual().name("signalbox-session-ear").start(ear::run);
        return ear;
    }

    private void run() {
        try {
            while (!isStopped()) {
                listenOrPause();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void listenOrPause() throws InterruptedException {
        try (Connection connection = database.dataSource().getConnection()) {
            listen(connection);
        } catch (SQLException e) {
            if (!isStopped() && !down) {
                down = true;
                listener.down(e);
            }
            if (!stop.await(pauseMillis, TimeUnit.MILLISECONDS)) {
                pauseMillis = Math.min(LONGEST_PAUSE_MILLIS, pauseMillis * 2);
            }
        }
    }

    private void listen(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("listen " + Bell.CHANNEL);
            down = false;
            pauseMillis = FIRST_PAUSE_MILLIS;
            listener.up();
            long checked = System.nanoTime();
            PGConnection postgres = connection.unwrap(PGConnection.class);
            while (!isStopped()) {
                for (PGNotification notification : postgres.getNotifications((int) PATIENCE.toMillis())) {
                    hear(notification.getParameter());
                }
                if (System.nanoTime() - checked > CHECK.toNanos()) {
                    statement.execute("select 1");
                    checked = System.nanoTime();
                }
            }
            statement.execute("unlisten *");
        }
    }

    /** Anyone may notify; what a {@link Bell} would not say is taken as a hint that something happened. */
    private void hear(String payload) {
        if (isStopped()) {
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

    private boolean isStopped() {
        return stop.getCount() == 0;
    }

    @Override
    public void close() {
        stop.countDown();
    }
}
