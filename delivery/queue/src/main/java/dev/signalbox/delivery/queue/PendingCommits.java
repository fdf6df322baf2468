package dev.signalbox.delivery.queue;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of messages that were enqueued in their callers' transactions once those are committed. A NOTIFY within such a
 * transaction would be simpler, but PostgreSQL commits transactions that notify one after the other, which costs many callers
 * two thirds of their rate. So one thread looks whether one message of each transaction can be seen, every {@link #SOON}
 * while transactions are young, and gives up on those older than {@link #LONGEST}: dispatchers find their messages at their
 * next poll. Watches {@link #MOST} calls at a time; those above that are found by polling, too. Thread-safe.
 */
final class PendingCommits {
    static final Duration SOON = Duration.ofMillis(50);
    static final int MOST = 10_000;

    private static final Duration LATER = Duration.ofSeconds(1);
    private static final Duration YOUNG = Duration.ofSeconds(2);
    private static final Duration LONGEST = Duration.ofMinutes(1);
    private static final int CHUNK = 500;
    private static final Logger LOG = LoggerFactory.getLogger(PendingCommits.class);

    private record Pending(Set<Channel> lanes, long since) {
        boolean isYounger(Duration age) {
            return System.nanoTime() - since < age.toNanos();
        }
    }

    private final Database database;
    private final Rows rows;
    private final Consumer<Set<Channel>> committed;
    private final Map<UUID, Pending> pending = new ConcurrentHashMap<>();
    private final AtomicBoolean looking = new AtomicBoolean();

    /** @param committed is told the channels that have new work */
    PendingCommits(Database database, Consumer<Set<Channel>> committed) {
        this.database = database;
        this.rows = new Rows(database.dialect());
        this.committed = committed;
    }

    /** A message was enqueued in a transaction that its caller is going to commit. */
    void add(UUID id, Set<Channel> lanes) {
        if (pending.size() < MOST) {
            pending.put(id, new Pending(lanes, System.nanoTime()));
            lookOn();
        }
    }

    private void lookOn() {
        if (!pending.isEmpty() && looking.compareAndSet(false, true)) {
            Thread.ofVirtual().name("signalbox-commits").start(this::look);
        }
    }

    private void look() {
        try {
            while (!pending.isEmpty()) {
                boolean young = pending.values().stream().anyMatch(one -> one.isYounger(YOUNG));
                Thread.sleep(young ? SOON : LATER);
                lookOnce();
                pending.values().removeIf(one -> !one.isYounger(LONGEST));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            looking.set(false);
        }
        lookOn(); // Race: a caller who added one just now may have seen this thread at it.
    }

    private void lookOnce() {
        List<UUID> ids = List.copyOf(pending.keySet());
        try {
            Set<Channel> lanes = new HashSet<>();
            for (int from = 0; from < ids.size(); from += CHUNK) {
                List<UUID> chunk = ids.subList(from, Math.min(ids.size(), from + CHUNK));
                for (UUID id : database.read(connection -> visible(connection, chunk))) {
                    Pending seen = pending.remove(id);
                    if (seen != null) {
                        lanes.addAll(seen.lanes());
                    }
                }
            }
            if (!lanes.isEmpty()) {
                committed.accept(lanes);
            }
        } catch (DatabaseException e) {
            LOG.debug(
                    "whether callers' transactions are committed cannot be seen; dispatchers find them at their next poll",
                    e);
        }
    }

    private List<UUID> visible(Connection connection, List<UUID> ids) throws SQLException {
        String sql = "select id from delivery_message where id in (" + Rows.placeholders(ids.size()) + ")";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < ids.size(); i++) {
                rows.bind(statement, i + 1, ids.get(i));
            }
            List<UUID> visible = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    visible.add(rows.id(row, "id"));
                }
            }
            return visible;
        }
    }
}
