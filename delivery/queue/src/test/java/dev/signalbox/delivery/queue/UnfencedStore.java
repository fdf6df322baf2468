package dev.signalbox.delivery.queue;

import dev.signalbox.database.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** A store that records what the holder of a lost lease says, as the next line of the history. */
record UnfencedStore(Store fenced, Database database) implements Store {
    @Override
    public Set<UUID> complete(List<Completion> completions, Set<UUID> finished, int shard, long now) {
        Set<UUID> stale = fenced.complete(completions, finished, shard, now);
        Rows rows = new Rows(database.dialect());
        return database.transact(connection -> {
            for (Completion completion : completions) {
                if (stale.contains(completion.lease())) {
                    Outcome late = completion.verdict().outcome();
                    new Ledger(rows).record(connection, List.of(renumbered(connection, rows, late)), shard);
                }
            }
            return Set.of();
        });
    }

    private static Outcome renumbered(Connection connection, Rows rows, Outcome late) throws SQLException {
        return new Outcome(
                late.id(),
                lastAttempt(connection, rows, late.id()) + 1,
                late.step(),
                late.channel(),
                late.result(),
                late.state(),
                late.providerId(),
                late.error(),
                late.at(),
                late.millis(),
                late.nextAt());
    }

    private static int lastAttempt(Connection connection, Rows rows, UUID id) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("select max(attempt) from delivery_outcome where id = ?")) {
            rows.bind(statement, 1, id);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    @Override
    public Set<UUID> insert(Connection connection, List<Reach> reaches, long now) throws SQLException {
        return fenced.insert(connection, reaches, now);
    }

    @Override
    public List<Claimed> claim(Claim claim, long[] marks, long now) {
        return fenced.claim(claim, marks, now);
    }

    @Override
    public int promote(long now, int limit) {
        return fenced.promote(now, limit);
    }

    @Override
    public int rescue(Collection<Channel> lanes, long now, int limit, int shard, Rescuer rescuer) {
        return fenced.rescue(lanes, now, limit, shard, rescuer);
    }

    @Override
    public int giveBack(UUID lease, Channel lane, long now, int shard, Rescuer rescuer) {
        return fenced.giveBack(lease, lane, now, shard, rescuer);
    }

    @Override
    public int recover(String owner, long now, int shard, Rescuer rescuer) {
        return fenced.recover(owner, now, shard, rescuer);
    }

    @Override
    public Set<UUID> renew(Collection<UUID> leases, long now, long length) {
        return fenced.renew(leases, now, length);
    }

    @Override
    public Outlook look(Map<Channel, Long> marks, long now) {
        return fenced.look(marks, now);
    }

    @Override
    public List<UUID> leased(Connection connection, int limit) throws SQLException {
        return fenced.leased(connection, limit);
    }

    @Override
    public Map<Channel, Long> underWay(Connection connection) throws SQLException {
        return fenced.underWay(connection);
    }
}
