package dev.signalbox.delivery.queue;

import dev.signalbox.database.Database;
import dev.signalbox.database.Dialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The queue on SQLite. Every step is one transaction on the one connection that writes, begun as a writer ({@code begin
 * immediate}), so nothing in it can race with another.
 */
final class SqliteStore implements Store {
    private static final String CLAIMABLE = """
            select r.*, m.steps, m.body, m.headers, m.expires_at, m.max_attempts, m.accepted_at, m.key_version,
                   m.traceparent, m.time_zone, m.quiet_hours
            from (select * from delivery_ready where lane = ? order by priority, run_at, id limit ?) r
            join delivery_message m on m.id = r.id
            order by r.priority, r.run_at, r.id
            """;

    private static final String INSERT_ENTRIES = """
            insert into delivery_lease_entry (lease, id, step, attempt, tried, deadline, unsure_since)
            select ?, id, step, attempt, tried, deadline, unsure_since
            from delivery_ready where lane = ? and (priority, run_at, id) <= (?, ?, ?)
            """;

    private static final String DELETE_CLAIMED =
            "delete from delivery_ready where lane = ? and (priority, run_at, id) <= (?, ?, ?)";

    private static final String PROMOTE = """
            insert into delivery_ready (lane, priority, run_at, id, step, attempt, tried, deadline, unsure_since)
            select lane, priority, run_at, id, step, attempt, tried, deadline, unsure_since
            from delivery_later where run_at <= ? order by run_at, id limit ?
            """;

    private static final String DELETE_PROMOTED = """
            delete from delivery_later where (run_at, id) in
                (select run_at, id from delivery_later where run_at <= ? order by run_at, id limit ?)
            """;

    private final Database database;
    private final Rows rows;
    private final NewMessages messages;
    private final LeaseEntries entries;

    SqliteStore(Database database, Rows rows) {
        this.database = database;
        this.rows = rows;
        Ledger ledger = new Ledger(rows);
        this.messages = new NewMessages(rows, ledger);
        this.entries = new LeaseEntries(rows, ledger);
    }

    @Override
    public Set<UUID> insert(Connection connection, List<Reach> reaches, long now) throws SQLException {
        return messages.insert(connection, reaches, now);
    }

    @Override
    public List<Claimed> claim(Claim claim, long[] marks, long now) {
        return database.transact(connection -> {
            int allowed = allowed(connection, claim, now);
            List<Claimed> claimed = allowed == 0 ? List.of() : claimable(connection, claim.lane(), allowed);
            if (!claimed.isEmpty()) {
                Ticket last = claimed.getLast().ticket();
                entries.insertLease(connection, claim, now);
                moveUpTo(connection, INSERT_ENTRIES, claim.lease(), last);
                moveUpTo(connection, DELETE_CLAIMED, null, last);
                Budgets.spend(connection, claim.limits().budgets(), claimed.size(), now);
            }
            return claimed;
        });
    }

    private int allowed(Connection connection, Claim claim, long now) throws SQLException {
        Set<String> paused = paused(connection);
        if (paused.contains(claim.lane().name()) || paused.contains(LaneLimits.ALL)) {
            return 0;
        }
        Budgets.lock(connection, Dialect.SQLITE, claim.limits().budgets());
        int allowed = Budgets.allowed(connection, claim.limits().budgets(), claim.limit(), now);
        if (claim.limits().concurrency().isPresent()) {
            long free =
                    claim.limits().concurrency().get() - underWay(connection).getOrDefault(claim.lane(), 0L);
            allowed = (int) Math.max(0, Math.min(allowed, free));
        }
        return allowed;
    }

    private static Set<String> paused(Connection connection) throws SQLException {
        Set<String> paused = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement("select lane from delivery_pause");
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                paused.add(row.getString(1));
            }
        }
        return paused;
    }

    private List<Claimed> claimable(Connection connection, Channel lane, int limit) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(CLAIMABLE)) {
            statement.setString(1, lane.name());
            statement.setInt(2, limit);
            List<Claimed> claimed = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    claimed.add(rows.claimed(row, lane, row.getLong("run_at")));
                }
            }
            return claimed;
        }
    }

    private void moveUpTo(Connection connection, String sql, @Nullable UUID lease, Ticket last) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            int i = 0;
            if (lease != null) {
                rows.bind(statement, ++i, lease);
            }
            statement.setString(++i, last.lane().name());
            statement.setInt(++i, last.priority());
            statement.setLong(++i, last.runAt());
            rows.bind(statement, ++i, last.id());
            statement.executeUpdate();
        }
    }

    @Override
    public Set<UUID> complete(List<Completion> completions, Set<UUID> finished, int shard, long now) {
        return database.transact(connection -> complete(connection, completions, shard, now));
    }

    private Set<UUID> complete(Connection connection, List<Completion> completions, int shard, long now)
            throws SQLException {
        Set<UUID> leases = new HashSet<>();
        completions.forEach(completion -> leases.add(completion.lease()));
        Set<UUID> standing = standing(connection, leases);
        List<Completion> good =
                completions.stream().filter(c -> standing.contains(c.lease())).toList();
        entries.complete(connection, good, standing, shard, now);
        leases.removeAll(standing);
        return leases;
    }

    private Set<UUID> standing(Connection connection, Set<UUID> leases) throws SQLException {
        Set<UUID> standing = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement("select 1 from delivery_lease where id = ?")) {
            for (UUID lease : leases) {
                rows.bind(statement, 1, lease);
                try (ResultSet row = statement.executeQuery()) {
                    if (row.next()) {
                        standing.add(lease);
                    }
                }
            }
        }
        return standing;
    }

    @Override
    public int promote(long now, int limit) {
        return database.transact(connection -> {
            int promoted = 0;
            for (String sql : new String[] {PROMOTE, DELETE_PROMOTED}) {
                try (PreparedStatement statement = connection.prepareStatement(sql)) {
                    statement.setLong(1, now);
                    statement.setInt(2, limit);
                    promoted = statement.executeUpdate();
                }
            }
            return promoted;
        });
    }

    @Override
    public int rescue(Collection<Channel> lanes, long now, int limit, int shard, Rescuer rescuer) {
        return database.transact(connection -> {
            String expired = "until < ? and lane in (" + Rows.placeholders(lanes.size()) + ") order by until limit ?";
            try (PreparedStatement statement = connection.prepareStatement(LeaseEntries.of(expired))) {
                statement.setInt(bindNames(statement, now, lanes), limit);
                return end(connection, statement, now, shard, rescuer);
            }
        });
    }

    @Override
    public int giveBack(UUID lease, Channel lane, long now, int shard, Rescuer rescuer) {
        return database.transact(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(LeaseEntries.of("id = ?"))) {
                rows.bind(statement, 1, lease);
                return end(connection, statement, now, shard, rescuer);
            }
        });
    }

    @Override
    public int recover(String owner, long now, int shard, Rescuer rescuer) {
        return database.transact(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(LeaseEntries.of("owner = ?"))) {
                statement.setString(1, owner);
                return end(connection, statement, now, shard, rescuer);
            }
        });
    }

    private int end(Connection connection, PreparedStatement orphans, long now, int shard, Rescuer rescuer)
            throws SQLException {
        List<Completion> completions = entries.decided(orphans, rescuer);
        complete(connection, completions, shard, now);
        return completions.size();
    }

    private static int bindNames(PreparedStatement statement, long now, Collection<Channel> lanes) throws SQLException {
        int i = 0;
        statement.setLong(++i, now);
        for (Channel lane : lanes) {
            statement.setString(++i, lane.name());
        }
        return i + 1;
    }

    @Override
    public Set<UUID> renew(Collection<UUID> leases, long now, long length) {
        return database.transact(connection -> {
            Set<UUID> renewed = new HashSet<>();
            try (PreparedStatement statement =
                    connection.prepareStatement("update delivery_lease set until = ? where id = ?")) {
                for (UUID lease : leases) {
                    statement.setLong(1, now + length);
                    rows.bind(statement, 2, lease);
                    if (statement.executeUpdate() == 1) {
                        renewed.add(lease);
                    }
                }
            }
            return renewed;
        });
    }

    @Override
    public Outlook look(Map<Channel, Long> marks, long now) {
        Collection<Channel> lanes = marks.keySet();
        return database.read(connection -> {
            String look = """
                    select coalesce((select min(run_at) from delivery_later), 0),
                           exists (select 1 from delivery_lease where until < ? and lane in (%s))
                    """.formatted(Rows.placeholders(lanes.size()));
            try (PreparedStatement statement = connection.prepareStatement(look)) {
                bindNames(statement, now, lanes);
                try (ResultSet row = statement.executeQuery()) {
                    row.next();
                    return new Outlook(row.getLong(1), ready(connection, lanes), row.getBoolean(2), paused(connection));
                }
            }
        });
    }

    private static Set<Channel> ready(Connection connection, Collection<Channel> lanes) throws SQLException {
        Set<Channel> ready = new HashSet<>();
        try (PreparedStatement statement =
                connection.prepareStatement("select 1 from delivery_ready where lane = ? limit 1")) {
            for (Channel lane : lanes) {
                statement.setString(1, lane.name());
                try (ResultSet row = statement.executeQuery()) {
                    if (row.next()) {
                        ready.add(lane);
                    }
                }
            }
        }
        return ready;
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
