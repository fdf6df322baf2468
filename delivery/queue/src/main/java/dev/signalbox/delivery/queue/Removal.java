package dev.signalbox.delivery.queue;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Removes messages that have ended, with their history and their place in the tally; the database removes their receipts. Works
 * in the transaction of its connection.
 */
final class Removal {
    private static final String MARKS = """
            select m.tags, (select count(*) from delivery_intake i where i.id = m.id) as unmarked
            from delivery_message m where m.id = ?
            """;

    private static final String OLDEST_LEASE = "select min(claimed_at) from delivery_lease";

    private final Rows rows;
    private final Ledger ledger;
    private final Retention retention;
    private final String bite;

    Removal(Rows rows, Retention retention) {
        this.rows = rows;
        this.ledger = new Ledger(rows);
        this.retention = retention;
        this.bite = """
                select m.id, m.accepted_at, m.steps, m.tags,
                       %s as last_state, %s as last_at, %s as last_attempt, %s as last_step,
                       (select count(*) from delivery_intake i where i.id = m.id) as unmarked
                from delivery_message m where m.id > ? order by m.id%s
                """.formatted(
                        rows.last("state"),
                        rows.last("at"),
                        rows.last("attempt"),
                        rows.last("step"),
                        rows.dialect().limit());
    }

    /**
     * What one bite did.
     *
     * @param next where the walk goes on; empty at its end
     */
    record Bite(int removed, Optional<UUID> next) {}

    /** A message that a walk passes. */
    private record Passed(UUID id, long acceptedAt, Optional<Ended> ended) {}

    /** How one has ended. */
    private record Ended(UUID id, Channel channel, MessageState state, int attempt, long at, Set<String> tags) {}

    /** Passes up to {@code limit} messages and removes those whose retention is over. */
    Bite bite(Connection connection, Optional<UUID> after, long now, int limit) throws SQLException {
        List<Passed> passed = passed(connection, after, limit);
        // An entry counts as under way while its lease stands and it has no outcome, so the outcomes of such leases
        // stay.
        long notAfter = oldestLease(connection);
        int removed = remove(
                connection,
                passed.stream()
                        .flatMap(message -> message.ended().stream())
                        .filter(ended -> isOver(ended, now) && ended.at() < notAfter)
                        .toList());
        long youngest = now - Micros.of(retention.shortest());
        boolean atTheEnd = passed.size() < limit || passed.stream().allMatch(m -> m.acceptedAt() > youngest);
        return new Bite(
                removed,
                atTheEnd ? Optional.empty() : Optional.of(passed.getLast().id()));
    }

    private boolean isOver(Ended ended, long now) {
        Optional<Duration> kept = retention.of(ended.state());
        return kept.isPresent() && ended.at() + Micros.of(kept.get()) <= now;
    }

    private List<Passed> passed(Connection connection, Optional<UUID> after, int limit) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(bite)) {
            rows.bind(statement, 1, after.orElse(new UUID(0, 0)));
            statement.setInt(2, limit);
            List<Passed> passed = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    UUID id = rows.id(row, "id");
                    passed.add(new Passed(id, row.getLong("accepted_at"), ended(row, id)));
                }
            }
            return passed;
        }
    }

    /** One that was sent stays until its row in {@link MessagesTable} is marked. */
    private static Optional<Ended> ended(ResultSet row, UUID id) throws SQLException {
        String name = row.getString("last_state");
        if (name == null || !MessageState.valueOf(name).isFinal()) {
            return Optional.empty();
        }
        if (MessageState.valueOf(name) == MessageState.SENT && row.getInt("unmarked") > 0) {
            return Optional.empty();
        }
        Channel channel = Rows.channel(row.getString("steps"), row.getInt("last_step"));
        return Optional.of(new Ended(
                id,
                channel,
                MessageState.valueOf(name),
                row.getInt("last_attempt"),
                row.getLong("last_at"),
                Rows.readTags(row.getString("tags"))));
    }

    /** Removes one that has ended, whatever its retention; false if it has to stay for now, or another removed it. */
    boolean removeNow(Connection connection, Outcome last) throws SQLException {
        if (last.at() >= oldestLease(connection)) {
            return false;
        }
        try (PreparedStatement statement = connection.prepareStatement(MARKS)) {
            rows.bind(statement, 1, last.id());
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next() || (last.state() == MessageState.SENT && row.getInt("unmarked") > 0)) {
                    return false;
                }
                Set<String> tags = Rows.readTags(row.getString("tags"));
                Ended ended = new Ended(last.id(), last.channel(), last.state(), last.attempt(), last.at(), tags);
                return remove(connection, List.of(ended)) == 1;
            }
        }
    }

    private static long oldestLease(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(OLDEST_LEASE)) {
            row.next();
            long oldest = row.getLong(1);
            return row.wasNull() ? Long.MAX_VALUE : oldest;
        }
    }

    /** Taking it out of the dead, or its own row away, decides the race with operators and other nodes. */
    private int remove(Connection connection, List<Ended> ended) throws SQLException {
        List<Ended> unsent =
                ended.stream().filter(e -> e.state() != MessageState.SENT).toList();
        List<Ended> taken = new ArrayList<>(deleted(
                connection, unsent, "delete from delivery_dead where id = ? and attempt = ?", (statement, one) -> {
                    rows.bind(statement, 1, one.id());
                    statement.setInt(2, one.attempt());
                }));
        ended.stream().filter(e -> e.state() == MessageState.SENT).forEach(taken::add);
        List<Ended> gone = deleted(connection, taken, "delete from delivery_message where id = ?", this::bindId);
        Ledger.batch(connection, "delete from delivery_outcome where id = ?", gone, this::bindId);
        Ledger.batch(connection, "delete from delivery_tag where tag = ? and id = ?", tags(gone), (statement, tag) -> {
            statement.setString(1, tag.getKey());
            rows.bind(statement, 2, tag.getValue());
        });
        untally(connection, gone);
        return gone.size();
    }

    private static List<Map.Entry<String, UUID>> tags(List<Ended> gone) {
        return gone.stream()
                .flatMap(one -> one.tags().stream().map(tag -> Map.entry(tag, one.id())))
                .toList();
    }

    private void bindId(PreparedStatement statement, Ended one) throws SQLException {
        rows.bind(statement, 1, one.id());
    }

    /** Those whose row was there. */
    private static List<Ended> deleted(
            Connection connection, List<Ended> candidates, String sql, Ledger.Binder<Ended> binder)
            throws SQLException {
        List<Ended> deleted = new ArrayList<>();
        if (candidates.isEmpty()) {
            return deleted;
        }
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (Ended candidate : candidates) {
                binder.bind(statement, candidate);
                statement.addBatch();
            }
            int[] counts = statement.executeBatch();
            for (int i = 0; i < counts.length; i++) {
                if (counts[i] != 0) {
                    deleted.add(candidates.get(i));
                }
            }
        }
        return deleted;
    }

    private void untally(Connection connection, List<Ended> gone) throws SQLException {
        Map<Map.Entry<Channel, MessageState>, Integer> counts = new HashMap<>();
        gone.forEach(one -> counts.merge(Map.entry(one.channel(), one.state()), 1, Integer::sum));
        int shard = ThreadLocalRandom.current().nextInt(Store.SHARDS);
        for (Map.Entry<Map.Entry<Channel, MessageState>, Integer> entry : counts.entrySet()) {
            ledger.tally(connection, entry.getKey().getKey(), entry.getKey().getValue(), -entry.getValue(), shard);
        }
    }
}
