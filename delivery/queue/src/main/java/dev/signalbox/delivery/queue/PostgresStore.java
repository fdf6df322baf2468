package dev.signalbox.delivery.queue;

import dev.signalbox.database.Database;
import java.sql.Array;
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

/**
 * The queue on PostgreSQL. Each step is one statement, so one round trip, wherever one snapshot is enough.
 *
 * <p>A claim takes its rows by {@code ctid = any(array(select …))}: as a join with a limit, the generic plan of a prepared statement
 * scans the whole table instead. It is a function in the database, for its settings.
 */
final class PostgresStore implements Store {
    /** Nothing may be joined here: the function claims by a later snapshot than that of the statement that calls it. */
    private static final String CLAIM = "select * from delivery_claim(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    private static final String PROMOTE = "select delivery_promote(?, ?)";

    private static final String LOCK_EXPIRED = """
            select id from delivery_lease
            where until < coalesce(?::bigint, (extract(epoch from statement_timestamp()) * 1000000)::bigint)
              and lane = any (?::text[])
            order by until limit ? for update skip locked
            """;

    /** A second statement, so a second snapshot: it sees what was completed until the lock was ours. */
    private static final String ORPHANS = """
            select l.id as lease, l.lane, l.claimed_at, e.id, e.attempt, e.step, e.tried, e.deadline, e.unsure_since,
                   m.priority, m.steps, m.body, m.headers, m.expires_at, m.max_attempts, m.accepted_at,
                   m.key_version, m.traceparent, m.time_zone, m.quiet_hours
            from delivery_lease l
            cross join unnest(l.ids, l.attempts, l.steps, l.tried, l.deadlines, l.unsure_since)
                as e (id, attempt, step, tried, deadline, unsure_since)
            join delivery_message m on m.id = e.id
            left join delivery_outcome o on o.id = e.id and o.attempt = e.attempt + 1
            where l.id = any (?::uuid[]) and o.id is null
            """;

    /**
     * A lease without entries. The claim whose client gave up may still wait for a lock and commit later; its lease then
     * violates the key, and its tickets stay where they are. Where that claim has inserted its lease and not committed yet, this
     * waits for it.
     */
    private static final String TOMBSTONE = """
            insert into delivery_lease (id, claimed_at, until, open, lane, owner, ids, attempts, steps, tried, deadlines,
                                        unsure_since)
            values (?, ?, ?, 0, ?, 'nobody', '{}', '{}', '{}', '{}', '{}', '{}')
            on conflict (id) do nothing
            """;

    /** Longer than any server lets a statement wait for a lock. Then it is rescued like a lease, and leaves nothing. */
    private static final long TOMBSTONE_AGE = Micros.of(Duration.ofHours(1));

    private static final String LOCK_CLAIMED =
            "select id from delivery_lease where id = ? and cardinality(ids) > 0 for update";

    private static final String RENEW = """
            update delivery_lease
            set until = coalesce(?::bigint, (extract(epoch from clock_timestamp()) * 1000000)::bigint) + ?
            where id = any (?::uuid[]) returning id
            """;

    private static final String LOOK = "select next_due, expired, ready, paused from delivery_look(?, ?, ?)";

    private static final String LEASED = """
            select e.id from delivery_lease l cross join unnest(l.ids, l.attempts) as e (id, attempt)
            where not exists (select from delivery_outcome o where o.id = e.id and o.attempt = e.attempt + 1)
            order by e.id desc limit ?
            """;

    private final Database database;
    private final boolean byItsClock;
    private final Rows rows;
    private final PostgresInsertion insertion;

    /** @param byItsClock whether leases go by the database's clock, rather than by the time that callers give */
    PostgresStore(Database database, boolean byItsClock, Rows rows) {
        this.database = database;
        this.byItsClock = byItsClock;
        this.rows = rows;
        this.insertion = new PostgresInsertion(rows);
    }

    /** What a statement is told of the time: nothing, where it reads the database's clock. */
    private long leaseTime(long now) {
        return byItsClock ? Micros.NONE : now;
    }

    @Override
    public boolean insertsAtOnce(List<Reach> reaches) {
        return !PostgresInsertion.copies(reaches);
    }

    @Override
    public Set<UUID> insert(Connection connection, List<Reach> reaches, long now) throws SQLException {
        return insertion.insert(connection, reaches, now);
    }

    @Override
    public List<Claimed> claim(Claim claim, long[] marks, long now) {
        List<LaneLimits.Budget> budgets = claim.limits().budgets();
        return database.autoCommit(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(CLAIM)) {
                Arguments in = new Arguments(connection, statement);
                in.text(claim.lane().name());
                in.ints(claim.limit());
                in.array("int8", marks);
                in.uuid(claim.lease());
                in.time(leaseTime(now));
                in.longs(claim.length());
                in.text(claim.owner());
                in.texts(budgets, LaneLimits.Budget::name);
                in.ints(budgets, LaneLimits.Budget::most);
                in.longs(budgets, LaneLimits.Budget::interval);
                in.integer(claim.limits().concurrency());
                try (ResultSet row = statement.executeQuery()) {
                    List<Claimed> claimed = new ArrayList<>();
                    while (row.next()) {
                        claimed.add(rows.claimed(row, claim.lane(), row.getLong("run_at")));
                    }
                    claimed.sort(Claimed.ORDER);
                    return claimed;
                }
            }
        });
    }

    @Override
    public Set<UUID> complete(List<Completion> completions, Set<UUID> finished, int shard, long now) {
        return database.autoCommit(connection ->
                PostgresCompletion.complete(connection, completions, finished, shard, now, rows.redactsSent()));
    }

    @Override
    public int promote(long now, int limit) {
        return database.autoCommit(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(PROMOTE)) {
                statement.setLong(1, now);
                statement.setInt(2, limit);
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    return row.getInt(1);
                }
            }
        });
    }

    @Override
    public int rescue(Collection<Channel> lanes, long now, int limit, int shard, Rescuer rescuer) {
        return database.transact(
                connection -> end(connection, lockExpired(connection, lanes, now, limit), now, shard, rescuer));
    }

    @Override
    public int giveBack(UUID lease, Channel lane, long now, int shard, Rescuer rescuer) {
        return database.transact(connection -> {
            if (forbid(connection, lease, lane, now)) {
                return 0;
            }
            try (PreparedStatement statement = connection.prepareStatement(LOCK_CLAIMED)) {
                statement.setObject(1, lease);
                return end(connection, ids(statement), now, shard, rescuer);
            }
        });
    }

    /** Puts a tombstone in the place of a lease; false if it is there already, be it as a lease or as a tombstone. */
    private static boolean forbid(Connection connection, UUID lease, Channel lane, long now) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(TOMBSTONE)) {
            statement.setObject(1, lease);
            statement.setLong(2, now);
            statement.setLong(3, now + TOMBSTONE_AGE);
            statement.setString(4, lane.name());
            return statement.executeUpdate() == 1;
        }
    }

    @Override
    public int recover(String owner, long now, int shard, Rescuer rescuer) {
        return database.transact(connection -> {
            try (PreparedStatement statement =
                    connection.prepareStatement("select id from delivery_lease where owner = ? for update")) {
                statement.setString(1, owner);
                return end(connection, ids(statement), now, shard, rescuer);
            }
        });
    }

    private int end(Connection connection, Set<UUID> leases, long now, int shard, Rescuer rescuer) throws SQLException {
        if (leases.isEmpty()) {
            return 0;
        }
        List<Completion> completions = new ArrayList<>();
        orphans(connection, leases)
                .forEach((lease, orphans) ->
                        orphans.forEach(orphan -> completions.add(new Completion(lease, rescuer.decide(orphan)))));
        PostgresCompletion.complete(connection, completions, leases, shard, now, rows.redactsSent());
        return completions.size();
    }

    private Set<UUID> lockExpired(Connection connection, Collection<Channel> lanes, long now, int limit)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(LOCK_EXPIRED)) {
            Arguments in = new Arguments(connection, statement);
            in.time(leaseTime(now));
            in.texts(lanes, Channel::name);
            in.ints(limit);
            return ids(statement);
        }
    }

    private Map<UUID, List<Orphan>> orphans(Connection connection, Set<UUID> leases) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(ORPHANS)) {
            new Arguments(connection, statement).uuids(leases, id -> id);
            Map<UUID, List<Orphan>> orphans = new HashMap<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    long claimedAt = row.getLong("claimed_at");
                    Claimed claimed = rows.claimed(row, new Channel(row.getString("lane")), claimedAt);
                    orphans.computeIfAbsent(rows.id(row, "lease"), lease -> new ArrayList<>())
                            .add(new Orphan(claimed, claimedAt));
                }
            }
            return orphans;
        }
    }

    @Override
    public Set<UUID> renew(Collection<UUID> leases, long now, long length) {
        return database.autoCommit(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(RENEW)) {
                Arguments in = new Arguments(connection, statement);
                in.time(leaseTime(now));
                in.longs(length);
                in.uuids(leases, id -> id);
                return ids(statement);
            }
        });
    }

    @Override
    public Outlook look(Map<Channel, Long> marks, long now) {
        List<Map.Entry<Channel, Long>> lanes = List.copyOf(marks.entrySet());
        return database.autoCommit(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(LOOK)) {
                Arguments in = new Arguments(connection, statement);
                in.texts(lanes, lane -> lane.getKey().name());
                in.longs(lanes, Map.Entry::getValue);
                in.time(leaseTime(now));
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    return new Outlook(
                            row.getLong("next_due"),
                            channels(row.getArray("ready")),
                            row.getBoolean("expired"),
                            Set.of((String[]) row.getArray("paused").getArray()));
                }
            }
        });
    }

    private static Set<Channel> channels(Array names) throws SQLException {
        Set<Channel> channels = new HashSet<>();
        for (Object name : (Object[]) names.getArray()) {
            channels.add(new Channel(name.toString()));
        }
        return channels;
    }

    @Override
    public List<UUID> leased(Connection connection, int limit) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(LEASED)) {
            statement.setInt(1, limit);
            return List.copyOf(ids(statement));
        }
    }

    @Override
    public Map<Channel, Long> underWay(Connection connection) throws SQLException {
        return Rows.numbers(connection, "select lane, sum(open) from delivery_lease group by lane");
    }

    static Set<UUID> ids(PreparedStatement statement) throws SQLException {
        Set<UUID> ids = new HashSet<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                ids.add(row.getObject(1, UUID.class));
            }
        }
        return ids;
    }
}
