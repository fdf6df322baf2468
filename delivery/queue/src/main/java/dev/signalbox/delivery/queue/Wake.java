package dev.signalbox.delivery.queue;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseException;
import dev.signalbox.database.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells dispatchers that there is work: those of this process at once, those of others by NOTIFY on PostgreSQL. A NOTIFY
 * makes commits wait for one another, so there is at most one every {@link #PAUSE}, outside of the enqueuing transaction.
 * All of it may get lost without harm: dispatchers look by themselves too. Thread-safe.
 */
final class Wake {
    static final String CHANNEL = "signalbox_delivery";
    static final Duration PAUSE = Duration.ofMillis(50);

    private static final Logger LOG = LoggerFactory.getLogger(Wake.class);

    /** Who wants to be told. Called on the enqueuing thread, so it must be quick. */
    interface Sleeper {
        void due(Channel lane);

        void later(long runAt);
    }

    private final Database database;
    private final String node = UUID.randomUUID().toString();
    private final List<Sleeper> sleepers = new CopyOnWriteArrayList<>();
    private final ConcurrentSkipListSet<String> lanesToTell = new ConcurrentSkipListSet<>();
    private final AtomicBoolean telling = new AtomicBoolean();
    private final PendingCommits commits;

    Wake(Database database) {
        this.database = database;
        this.commits = new PendingCommits(database, this::announce);
    }

    void add(Sleeper sleeper) {
        sleepers.add(sleeper);
    }

    void remove(Sleeper sleeper) {
        sleepers.remove(sleeper);
    }

    /** Work was enqueued and committed. */
    void enqueued(Collection<Ticket> tickets, long now) {
        announce(lanes(tickets, now));
        tickets.stream()
                .mapToLong(Ticket::runAt)
                .filter(runAt -> runAt > now)
                .min()
                .ifPresent(runAt -> sleepers.forEach(sleeper -> sleeper.later(runAt)));
    }

    /** Has the dispatchers of this process look at the queue at once; others do at their next poll. */
    void lookAgain() {
        sleepers.forEach(sleeper -> sleeper.later(0));
    }

    /** Messages were enqueued in a transaction that the caller commits: they are told of once that is done. */
    void willCommit(Collection<Ticket> tickets, long now) {
        Set<Channel> due = lanes(tickets, now);
        if (!due.isEmpty()) {
            commits.add(tickets.iterator().next().id(), due);
        }
    }

    private static Set<Channel> lanes(Collection<Ticket> tickets, long now) {
        return tickets.stream()
                .filter(ticket -> ticket.runAt() <= now)
                .map(Ticket::lane)
                .collect(Collectors.toSet());
    }

    private void announce(Set<Channel> due) {
        sleepers.forEach(sleeper -> due.forEach(sleeper::due));
        if (database.dialect() == Dialect.POSTGRESQL && !due.isEmpty()) {
            due.forEach(lane -> lanesToTell.add(lane.name()));
            tellOthers();
        }
    }

    private void tellOthers() {
        if (telling.compareAndSet(false, true)) {
            Thread.ofVirtual().name("signalbox-notify").start(this::tell);
        }
    }

    private void tell() {
        try {
            while (!lanesToTell.isEmpty()) {
                tellOnce();
                Thread.sleep(PAUSE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            telling.set(false);
        }
        if (!lanesToTell.isEmpty()) {
            tellOthers(); // Who added one a moment ago still saw this thread at it.
        }
    }

    private void tellOnce() {
        Set<String> lanes = new TreeSet<>();
        for (String lane = lanesToTell.pollFirst(); lane != null; lane = lanesToTell.pollFirst()) {
            lanes.add(lane);
        }
        try {
            database.autoCommit(connection -> {
                notify(connection, String.join(",", lanes) + "@" + node);
                return lanes;
            });
        } catch (DatabaseException e) {
            LOG.debug("other nodes could not be notified of new messages; they will find them at their next poll", e);
        }
    }

    private static void notify(Connection connection, String payload) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("select pg_notify('" + CHANNEL + "', ?)")) {
            statement.setString(1, payload);
            statement.execute();
        }
    }

    /** A NOTIFY arrived; this node's own are old news. */
    void heard(String payload) {
        int at = payload.indexOf('@');
        if (at >= 0 && payload.substring(at + 1).equals(node)) {
            return;
        }
        // Anybody may notify this channel of anything, so what is not the name of one is ignored.
        for (String lane : payload.substring(0, at < 0 ? payload.length() : at).split(",", -1)) {
            Channel.named(lane).ifPresent(channel -> sleepers.forEach(sleeper -> sleeper.due(channel)));
        }
    }
}
