package dev.signalbox.delivery.queue;

import dev.signalbox.delivery.queue.Store.Claim;
import dev.signalbox.delivery.queue.Store.Completion;
import dev.signalbox.delivery.queue.Store.Orphan;
import dev.signalbox.delivery.queue.Store.Rescuer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/**
 * Leases whose entries are rows of their own, in SQL that SQLite, MySQL and SQL Server take. Works in the transaction of its connection; its
 * callers see to it that nobody else works on the same leases.
 */
record LeaseEntries(Rows rows, Ledger ledger) {
    private static final String INSERT_LEASE =
            "insert into delivery_lease (id, lane, owner, claimed_at, until) values (?, ?, ?, ?, ?)";

    private static final String DELETE_ENTRY = "delete from delivery_lease_entry where lease = ? and id = ?";

    private static final String DELETE_DONE_LEASE = """
            delete from delivery_lease
            where id = ? and not exists (select 1 from delivery_lease_entry e where e.lease = delivery_lease.id)
            """;

    /** A select of the entries, with their messages, of the leases of which a condition holds. */
    static String of(String condition) {
        return """
                select e.*, l.id as lease_id, l.lane, l.claimed_at,
                       m.priority, m.steps, m.body, m.headers, m.expires_at, m.max_attempts, m.accepted_at,
                       m.key_version, m.traceparent, m.time_zone, m.quiet_hours
                from (select * from delivery_lease where %s) l
                join delivery_lease_entry e on e.lease = l.id
                join delivery_message m on m.id = e.id
                """.formatted(condition);
    }

    void insertLease(Connection connection, Claim claim, long now) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(INSERT_LEASE)) {
            rows.bind(statement, 1, claim.lease());
            statement.setString(2, claim.lane().name());
            statement.setString(3, claim.owner());
            statement.setLong(4, now);
            statement.setLong(5, now + claim.length());
            statement.executeUpdate();
        }
    }

    /** Has each of the entries decided. */
    List<Completion> decided(PreparedStatement entries, Rescuer rescuer) throws SQLException {
        List<Completion> completions = new ArrayList<>();
        try (ResultSet row = entries.executeQuery()) {
            while (row.next()) {
                long claimedAt = row.getLong("claimed_at");
                Claimed claimed = rows.claimed(row, new Channel(row.getString("lane")), claimedAt);
                Verdict verdict = rescuer.decide(new Orphan(claimed, claimedAt));
                completions.add(new Completion(rows.id(row, "lease_id"), verdict));
            }
        }
        return completions;
    }

    /** Records verdicts, and ends those of the leases that have no more entries. */
    void complete(Connection connection, List<Completion> completions, Collection<UUID> leases, int shard, long now)
            throws SQLException {
        ledger.record(
                connection, completions.stream().map(c -> c.verdict().outcome()).toList(), shard);
        ledger.queue(
                connection,
                completions.stream()
                        .map(c -> c.verdict().next())
                        .filter(Objects::nonNull)
                        .toList(),
                now);
        Ledger.batch(connection, DELETE_ENTRY, completions, (statement, completion) -> {
            rows.bind(statement, 1, completion.lease());
            rows.bind(statement, 2, completion.verdict().outcome().id());
        });
        Ledger.batch(
                connection,
                DELETE_DONE_LEASE,
                List.copyOf(leases),
                (statement, lease) -> rows.bind(statement, 1, lease));
    }

    /** As {@link Store#leased} says. */
    List<UUID> leased(Connection connection, int limit) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("select id from delivery_lease_entry order by id desc"
                        + rows.dialect().limit())) {
            statement.setInt(1, limit);
            return IndexWalk.ids(rows, statement);
        }
    }

    /** As {@link Store#underWay} says. */
    static Map<Channel, Long> underWay(Connection connection) throws SQLException {
        return Rows.numbers(connection, """
                select l.lane, count(*) from delivery_lease_entry e join delivery_lease l on l.id = e.lease group by l.lane
                """);
    }
}
