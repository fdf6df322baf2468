package dev.signalbox.delivery.queue;

import dev.signalbox.database.Database;
import dev.signalbox.database.Dialect;
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
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;

/**
 * The queue on servers whose transactions are READ COMMITTED here: nothing but the rows that a statement names is locked. Their
 * statements return no rows that they change, or not in an order, so rows are locked first, in the order of their keys, then
 * changed by key.
 *
 * <p>A claim walks the primary key of the ready table, which is the order of claims, passing over what other claims have locked.
 * A lease is locked by whatever completes, renews or ends it.
 */
abstract class LockingStore implements Store {
    /** The columns of a ticket in ready and later. */
    static final String TICKET = "select lane, priority, run_at, id, step, attempt, tried, deadline, unsure_since";

    private static final String DELETE_READY =
            "delete from delivery_ready where lane = ? and priority = ? and run_at = ? and id = ?";

    private static final String INSERT_ENTRY = """
            insert into delivery_lease_entry (lease, id, step, attempt, tried, deadline, unsure_since)
            values (?, ?, ?, ?, ?, ?, ?)
            """;

    private static final String CLAIMED = """
            select e.*, m.priority, m.steps, m.body, m.headers, m.expires_at, m.max_attempts, m.accepted_at,
                   m.key_version, m.traceparent, m.time_zone, m.quiet_hours
            from delivery_lease_entry e join delivery_message m on m.id = e.id
            where e.lease = ?
            """;

    private static final String DELETE_LATER = "delete from delivery_later where run_at = ? and id = ?";

    /**
     * A lease without entries. The claim whose client gave up may still wait for a lock and commit later; its lease then
     * violates the key, and its tickets stay where they are. Where that claim has inserted its lease and not committed yet, this
     * waits for it.
     */
    private static final String TOMBSTONE =
            "insert into delivery_lease (id, lane, owner, claimed_at, until) values (?, ?, 'nobody', ?, ?)";

    /** Longer than any server lets a statement wait for a lock. Then it is rescued like a lease, and leaves nothing. */
    private static final long TOMBSTONE_AGE = Micros.of(Duration.ofHours(1));

    private final Database database;
    private final boolean byItsClock;
    private final Rows rows;
    private final Dialect dialect;
    private final String clock;
    private final Ledger ledger;
    private final NewMessages messages;
    private final LeaseEntries entries;
    private final LockingLook look;

    /**
     * Makes a store.
     *
     * @param byItsClock whether leases go by the database's clock, rather than by the time that callers give
     * @param clock an expression for the microseconds since 1970, at the moment of the statement and not of its transaction
     */
    LockingStore(Database database, boolean byItsClock, Rows rows, String clock) {
        this.database = database;
        this.byItsClock = byItsClock;
        this.rows = rows;
        this.dialect = rows.dialect();
        this.clock = clock;
        this.ledger = new Ledger(rows);
        this.messages = new NewMessages(rows, ledger);
        this.entries = new LeaseEntries(rows, ledger);
        this.look = new LockingLook(dialect, clock);
    }

    /**
     * Locks the first tickets of a lane, in their order, passing over those that others have locked.
     *
     * @param marks as {@link Store#claim} says
     */
    abstract List<Ticket> lockFirst(Connection connection, Channel lane, int limit, long[] marks) throws SQLException;

    /** What a statement is told of the time: nothing, where it reads the database's clock. */
    private void bindTime(PreparedStatement statement, int index, long now) throws SQLException {
        Rows.bindTime(statement, index, byItsClock ? Micros.NONE : now);
    }

    @Override
    public Set<UUID> insert(Connection connection, List<Reach> reaches, long now) throws SQLException {
        return messages.insert(connection, reaches, now);
    }

    @Override
    public List<Claimed> claim(Claim claim, long[] marks, long now) {
        return database.transact(connection -> {
            OptionalLong moment = unlessPaused(connection, claim.lane(), now);
            if (moment.isEmpty()) {
                return List.of();
            }
            int allowed = allowed(connection, claim, moment.getAsLong());
            List<Ticket> tickets = allowed == 0 ? List.of() : lockFirst(connection, claim.lane(), allowed, marks);
            if (tickets.isEmpty()) {
                return List.of();
            }
            lease(connection, claim, tickets, moment.getAsLong());
            Budgets.spend(connection, claim.limits().budgets(), tickets.size(), moment.getAsLong());
            return claimed(connection, claim, tickets);
        });
    }

    /** The time; empty while the lane is paused. */
    private OptionalLong unlessPaused(Connection connection, Channel lane, long now) throws SQLException {
        String moment = "select coalesce(?, " + clock + ") as moment, case when exists (select 1 from delivery_pause"
                + " where lane in (?, '" + LaneLimits.ALL + "')) then 1 else 0 end as paused";
        try (PreparedStatement statement = connection.prepareStatement(moment)) {
            bindTime(statement, 1, now);
            statement.setString(2, lane.name());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getInt("paused") > 0 ? OptionalLong.empty() : OptionalLong.of(row.getLong("moment"));
            }
        }
    }

    private int allowed(Connection connection, Claim claim, long moment) throws SQLException {
        List<LaneLimits.Budget> budgets = claim.limits().budgets();
        Budgets.lock(connection, dialect, budgets);
        int allowed = Budgets.allowed(connection, budgets, claim.limit(), moment);
        if (claim.limits().concurrency().isEmpty()) {
            return allowed;
        }
        long underWay = LeaseEntries.underWay(connection).getOrDefault(claim.lane(), 0L);
        return Math.clamp(claim.limits().concurrency().get() - underWay, 0, allowed);
    }

    /** Reads the tickets that a statement finds. */
    final List<Ticket> tickets(PreparedStatement statement) throws SQLException {
        List<Ticket> tickets = new ArrayList<>();
        try (ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                tickets.add(rows.ticket(row, new Channel(row.getString("lane")), row.getLong("run_at")));
            }
        }
        return tickets;
    }

    private void lease(Connection connection, Claim claim, List<Ticket> tickets, long moment) throws SQLException {
        entries.insertLease(connection, claim, moment);
        Ledger.batch(connection, INSERT_ENTRY, tickets, (statement, ticket) -> {
            rows.bind(statement, 1, claim.lease());
            rows.bind(statement, 2, ticket.id());
            statement.setInt(3, ticket.step());
            statement.setInt(4, ticket.attempt());
            statement.setInt(5, ticket.tried());
            Rows.bindTime(statement, 6, ticket.deadline());
            Rows.bindTime(statement, 7, ticket.unsureSince());
        });
        Ledger.batch(connection, DELETE_READY, tickets, rows::bindKey);
    }

    private List<Claimed> claimed(Connection connection, Claim claim, List<Ticket> tickets) throws SQLException {
        Map<UUID, Long> runAt = new HashMap<>();
        tickets.forEach(ticket -> runAt.put(ticket.id(), ticket.runAt()));
        try (PreparedStatement statement = connection.prepareStatement(CLAIMED)) {
            rows.bind(statement, 1, claim.lease());
            List<Claimed> claimed = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    claimed.add(rows.claimed(row, claim.lane(), runAt.getOrDefault(rows.id(row, "id"), 0L)));
                }
            }
            claimed.sort(Claimed.ORDER);
            return claimed;
        }
    }

    @Override
    public Set<UUID> complete(List<Completion> completions, Set<UUID> finished, int shard, long now) {
        return database.transact(connection -> {
            Set<UUID> leases = new HashSet<>();
            completions.forEach(completion -> leases.add(completion.lease()));
            Set<UUID> standing = lock(connection, leases);
            List<Completion> good = completions.stream()
                    .filter(c -> standing.contains(c.lease()))
                    .toList();
            entries.complete(connection, good, standing, shard, now);
            leases.removeAll(standing);
            return leases;
        });
    }

    /** Those of the leases that stand; nobody ends them until the transaction is over. */
    private Set<UUID> lock(Connection connection, Collection<UUID> leases) throws SQLException {
        if (leases.isEmpty()) {
            return Set.of();
        }
        String sql = dialect.forUpdate(
                "select id from delivery_lease where id in (" + Rows.placeholders(leases.size()) + ") order by id");
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bindIds(statement, 0, leases);
            return ids(statement);
        }
    }

    private void bindIds(PreparedStatement statement, int before, Collection<UUID> ids) throws SQLException {
        int index = before;
        for (UUID id : ids) {
            rows.bind(statement, ++index, id);
        }
    }

    private Set<UUID> ids(PreparedStatement statement) throws SQLException {
        return new HashSet<>(IndexWalk.ids(rows, statement));
    }

    @Override
    public int promote(long now, int limit) {
        return database.transact(connection -> {
            List<Ticket> due = lockDue(connection, now, limit);
            ledger.queue(connection, due, now);
            Ledger.batch(connection, DELETE_LATER, due, (statement, ticket) -> {
                statement.setLong(1, ticket.runAt());
                rows.bind(statement, 2, ticket.id());
            });
            return due.size();
        });
    }

    private List<Ticket> lockDue(Connection connection, long now, int limit) throws SQLException {
        String sql = dialect.forUpdateSkipLocked(
                TICKET + " from delivery_later where run_at <= ? order by run_at, id" + dialect.limit());
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, now);
            statement.setInt(2, limit);
            return tickets(statement);
        }
    }

    @Override
    public int rescue(Collection<Channel> lanes, long now, int limit, int shard, Rescuer rescuer) {
        String sql = dialect.forUpdateSkipLocked("select id from delivery_lease where until < ? and lane in ("
                + Rows.placeholders(lanes.size()) + ") order by until" + dialect.limit());
        return database.transact(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                int index = 0;
                statement.setLong(++index, byItsClock ? itsTime(connection) : now);
                for (Channel lane : lanes) {
                    statement.setString(++index, lane.name());
                }
                statement.setInt(++index, limit);
                return end(connection, ids(statement), now, shard, rescuer);
            }
        });
    }

    /** As a value, an index finds what was before it. */
    private long itsTime(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("select " + clock);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    @Override
    public int giveBack(UUID lease, Channel lane, long now, int shard, Rescuer rescuer) {
        return database.transact(connection -> {
            if (forbid(connection, lease, lane, now)) {
                return 0;
            }
            Set<UUID> locked = lock(connection, Set.of(lease));
            List<Completion> completions = decided(connection, locked, rescuer);
            if (!completions.isEmpty()) { // Else it is a tombstone already, and stays.
                entries.complete(connection, completions, locked, shard, now);
            }
            return completions.size();
        });
    }

    /** Puts a tombstone in the place of a lease; false if it is there already, be it as a lease or as a tombstone. */
    private boolean forbid(Connection connection, UUID lease, Channel lane, long now) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(dialect.ifAbsent(TOMBSTONE))) {
            rows.bind(statement, 1, lease);
            statement.setString(2, lane.name());
            statement.setLong(3, now);
            statement.setLong(4, now + TOMBSTONE_AGE);
            return statement.executeUpdate() == 1;
        }
    }

    @Override
    public int recover(String owner, long now, int shard, Rescuer rescuer) {
        String sql = dialect.forUpdate("select id from delivery_lease where owner = ? order by id");
        return database.transact(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                statement.setString(1, owner);
                return end(connection, ids(statement), now, shard, rescuer);
            }
        });
    }

    private int end(Connection connection, Set<UUID> leases, long now, int shard, Rescuer rescuer) throws SQLException {
        List<Completion> completions = decided(connection, leases, rescuer);
        entries.complete(connection, completions, leases, shard, now);
        return completions.size();
    }

    private List<Completion> decided(Connection connection, Set<UUID> leases, Rescuer rescuer) throws SQLException {
        if (leases.isEmpty()) {
            return List.of();
        }
        String sql = LeaseEntries.of("id in (" + Rows.placeholders(leases.size()) + ")");
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bindIds(statement, 0, leases);
            return entries.decided(statement, rescuer);
        }
    }

    @Override
    public Set<UUID> renew(Collection<UUID> leases, long now, long length) {
        return database.transact(connection -> {
            Set<UUID> standing = lock(connection, leases);
            if (!standing.isEmpty()) {
                String sql = "update delivery_lease set until = coalesce(?, " + clock + ") + ? where id in ("
                        + Rows.placeholders(standing.size()) + ")";
                try (PreparedStatement statement = connection.prepareStatement(sql)) {
                    bindTime(statement, 1, now);
                    statement.setLong(2, length);
                    bindIds(statement, 2, standing);
                    statement.executeUpdate();
                }
            }
            return standing;
        });
    }

    @Override
    public Outlook look(Map<Channel, Long> marks, long now) {
        return database.autoCommit(connection -> look.look(connection, marks, byItsClock ? Micros.NONE : now));
    }

    @Override
    public List<UUID> leased(Connection connection, int limit) throws SQLException {
        return entries.leased(connection, limit);
    }

    @Override
    public Map<Channel, Long> underWay(Connection connection) throws SQLException {
        return LeaseEntries.underWay(connection);
    }
}
