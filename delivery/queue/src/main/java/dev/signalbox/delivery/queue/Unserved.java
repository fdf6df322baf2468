package dev.signalbox.delivery.queue;

import dev.signalbox.database.Database;
import dev.signalbox.database.Dialect;
import dev.signalbox.database.Upsert;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The channels with due messages that no node serves. Nobody claims these messages, so without this their time limits would
 * never act: a step {@code client:alice within 5s} on a cluster without live clients would keep the text behind it waiting.
 *
 * <p>Each node keeps saying in {@code delivery_lane} which channels it serves. A channel that nobody has served for
 * {@link #REGISTERED}, and that this node has seen so for {@link #GRACE}, is walked through in pieces: what has expired, or is
 * over its step's time (counted from when it was due, since no claim has started it), ends like any claimed message would.
 * Taking the ticket out of its queue decides the race with other nodes. Confined to the thread of the heartbeat, except for
 * {@link #channels}.
 */
final class Unserved {
    static final Duration PAUSE = Duration.ofSeconds(10);
    static final Duration REGISTERED = Duration.ofSeconds(60);
    static final Duration GRACE = Duration.ofSeconds(30);

    /** How many messages of a channel one look reads. */
    private static final int PIECE = 500;

    /** What a provider remembers is not known here, so nothing counts as forgotten. */
    private static final Duration ALWAYS = Duration.ofDays(36_500);

    private static final String REGISTER = "insert into delivery_lane (lane, served_until) values (?, ?)";

    /** A node whose clock is behind takes nothing back. */
    private static final String PROLONG = """
            served_until = case when delivery_lane.served_until < excluded.served_until then excluded.served_until
                           else delivery_lane.served_until end
            """;

    private static final String SERVED = "select lane from delivery_lane where served_until > ?";

    /** What begins the scan of the index where the last piece ended. MySQL does not see that in the comparison of rows. */
    private static final String BEGINNING = "r.priority >= ?";

    private static final String BEGINNING_MYSQL = "r.priority > ? or r.priority = ? and r.run_at >= ?";

    private static final String AFTER = "(r.priority, r.run_at, r.id) > (?, ?, ?)";

    /** SQL Server does not compare rows. */
    private static final String AFTER_SQLSERVER =
            "r.priority > ? or r.priority = ? and (r.run_at > ? or r.run_at = ? and r.id > ?)";

    private static final String TAKE =
            "delete from delivery_ready where lane = ? and priority = ? and run_at = ? and id = ?";

    private final Database database;
    private final Rows rows;
    private final DueMessages due;
    private final Upsert register;
    private final Ledger ledger;
    private final Rules rules;
    private final Wake wake;
    private final Time time;
    private final GuardedListener listener;
    private final int shard;

    /** Since when, in ticks, each was seen without a node. */
    private final Map<Channel, Long> since = new HashMap<>();

    /** How far the walk through each has come. */
    private final Map<Channel, Ticket> cursors = new HashMap<>();

    private long lookedAt = Long.MIN_VALUE / 2;
    private volatile Set<Channel> channels = Set.of();

    Unserved(JdbcQueue queue, Rules rules, GuardedListener listener, int shard) {
        this.database = queue.database();
        this.rows = queue.rows();
        this.due = new DueMessages(database.dialect());
        this.register = Upsert.of(database.dialect(), REGISTER, "lane", PROLONG);
        this.ledger = new Ledger(rows);
        this.rules = rules;
        this.wake = queue.wake();
        this.time = queue.time();
        this.listener = listener;
        this.shard = shard;
    }

    /** The channels with due messages that no node has served for a while. */
    Set<Channel> channels() {
        return channels;
    }

    /** Says what this node serves, and ends what is over its time in channels that none serves; at most every {@link #PAUSE}. */
    void look(Collection<Channel> served, long now) {
        long ticks = time.ticks();
        if (ticks - lookedAt < Micros.of(PAUSE)) {
            return;
        }
        lookedAt = ticks;
        register(served, now);
        Set<Channel> waiting = waiting(now);
        since.keySet().retainAll(waiting);
        cursors.keySet().retainAll(waiting);
        waiting.forEach(channel -> since.putIfAbsent(channel, ticks));
        channels = waiting.stream()
                .filter(channel -> ticks - since.getOrDefault(channel, ticks) >= Micros.of(GRACE))
                .collect(Collectors.toUnmodifiableSet());
        channels.forEach(channel -> walk(channel, now));
    }

    /** One statement each, so that nodes never hold one row while they wait for another. */
    private void register(Collection<Channel> served, long now) {
        for (Channel channel : served) {
            database.autoCommit(connection -> {
                register.run(connection, channel.name(), now + Micros.of(REGISTERED));
                return true;
            });
        }
    }

    private Set<Channel> waiting(long now) {
        return database.read(connection -> {
            Set<Channel> waiting = new HashSet<>();
            due.lanes(connection).forEach(lane -> Channel.named(lane).ifPresent(waiting::add));
            try (PreparedStatement statement = connection.prepareStatement(SERVED)) {
                statement.setLong(1, now);
                try (ResultSet row = statement.executeQuery()) {
                    while (row.next()) {
                        Channel.named(row.getString("lane")).ifPresent(waiting::remove);
                    }
                }
            }
            return waiting;
        });
    }

    private void walk(Channel channel, long now) {
        List<Claimed> piece = database.read(connection -> piece(connection, channel, cursors.get(channel)));
        if (piece.size() < PIECE) {
            cursors.remove(channel);
        } else {
            cursors.put(channel, piece.getLast().ticket());
        }
        List<Over> over = new ArrayList<>();
        for (Claimed waiting : piece) {
            Verdict verdict = rules.prevented(waiting.startedAt(waiting.ticket().runAt()), now, ALWAYS);
            if (verdict != null) {
                over.add(new Over(waiting.ticket(), verdict));
            }
        }
        if (!over.isEmpty()) {
            end(channel, over, now);
        }
    }

    /** A ticket whose time is over, and what becomes of it. */
    private record Over(Ticket ticket, Verdict verdict) {}

    private List<Claimed> piece(Connection connection, Channel channel, @Nullable Ticket after) throws SQLException {
        boolean mySql = database.dialect() == Dialect.MYSQL;
        boolean sqlServer = database.dialect() == Dialect.SQLSERVER;
        String sql = """
                select r.priority, r.run_at, r.id, r.step, r.attempt, r.tried, r.deadline, r.unsure_since,
                       m.steps, m.body, m.headers, m.expires_at, m.max_attempts, m.accepted_at, m.key_version,
                       m.traceparent, m.time_zone, m.quiet_hours
                from delivery_ready r join delivery_message m on m.id = r.id
                where r.lane = ? and (%s) and (%s)
                order by r.priority, r.run_at, r.id%s
                """.formatted(
                        mySql ? BEGINNING_MYSQL : BEGINNING,
                        sqlServer ? AFTER_SQLSERVER : AFTER,
                        database.dialect().limit(PIECE));
        int priority = after == null ? -1 : after.priority();
        long runAt = after == null ? 0 : after.runAt();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            int index = 0;
            statement.setString(++index, channel.name());
            statement.setInt(++index, priority);
            if (mySql) {
                statement.setInt(++index, priority);
                statement.setLong(++index, runAt);
            }
            statement.setInt(++index, priority);
            if (sqlServer) {
                statement.setInt(++index, priority);
                statement.setLong(++index, runAt);
            }
            statement.setLong(++index, runAt);
            rows.bind(statement, ++index, after == null ? new UUID(0, 0) : after.id());
            List<Claimed> piece = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    piece.add(rows.claimed(row, channel, row.getLong("run_at")));
                }
            }
            return piece;
        }
    }

    private void end(Channel channel, List<Over> over, long now) {
        List<Verdict> ended = database.transact(connection -> {
            List<Verdict> taken = new ArrayList<>();
            for (Over one : over) {
                if (take(connection, one.ticket())) {
                    taken.add(one.verdict());
                }
            }
            ledger.record(connection, taken.stream().map(Verdict::outcome).toList(), shard);
            ledger.queue(connection, next(taken), now);
            return taken;
        });
        wake.enqueued(next(ended), now);
        ended.forEach(verdict -> listener.completed(channel, verdict.outcome().state()));
    }

    private static List<Ticket> next(List<Verdict> verdicts) {
        List<Ticket> next = new ArrayList<>();
        for (Verdict verdict : verdicts) {
            Ticket ticket = verdict.next();
            if (ticket != null) {
                next.add(ticket);
            }
        }
        return next;
    }

    private boolean take(Connection connection, Ticket ticket) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(TAKE)) {
            statement.setString(1, ticket.lane().name());
            statement.setInt(2, ticket.priority());
            statement.setLong(3, ticket.runAt());
            rows.bind(statement, 4, ticket.id());
            return statement.executeUpdate() == 1;
        }
    }
}
