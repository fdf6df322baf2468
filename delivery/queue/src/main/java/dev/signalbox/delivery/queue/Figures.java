package dev.signalbox.delivery.queue;

import dev.signalbox.database.Dialect;
import dev.signalbox.delivery.queue.DeliveryQueue.Counts;
import dev.signalbox.delivery.queue.DeliveryQueue.ErrorCount;
import dev.signalbox.delivery.queue.DeliveryQueue.Overview;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Numbers about the whole queue, each at a bounded cost. Works on the snapshot of the connection it is given. */
final class Figures {
    /** How many rows of a queue are counted one by one. */
    private static final int COUNT_LIMIT = 100_000;

    private static final int PENDING_SAMPLE = 2_000;
    private static final int ERROR_SAMPLE = 5_000;
    private static final int MOST_ERRORS = 10;
    private static final Duration ERROR_AGE = Duration.ofHours(1);

    private static final String OLDEST_OF_LATER = "select min(run_at) from delivery_later where run_at <= ?";

    private final Store store;
    private final Dialect dialect;
    private final DueMessages due;
    private final String oldestPending;
    private final String latestErrors;

    Figures(Rows rows, Store store) {
        this.store = store;
        this.dialect = rows.dialect();
        this.due = new DueMessages(dialect);
        this.oldestPending = """
                select min(m.accepted_at) from (
                    select id from (select id from delivery_ready%s) r
                    union all select id from (select id from delivery_later order by run_at, id%s) l) q
                join delivery_message m on m.id = q.id
                """.formatted(dialect.limitInAnyOrder(PENDING_SAMPLE), dialect.limit(PENDING_SAMPLE));
        this.latestErrors = """
                select o.error, o.step, m.steps from (
                    select id, step, error from delivery_outcome
                    where error is not null and %1$s > ? and result <> 'CANCELLED' order by %1$s desc%2$s) o
                join delivery_message m on m.id = o.id
                """.formatted(rows.failedAt(), dialect.limit(ERROR_SAMPLE));
    }

    Overview overview(Connection connection, long now) throws SQLException {
        return new Overview(oldestPending(connection), oldestDue(connection, now), errors(connection, now));
    }

    private Optional<Instant> oldestPending(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(oldestPending)) {
            return time(statement);
        }
    }

    private Optional<Instant> oldestDue(Connection connection, long now) throws SQLException {
        List<Instant> oldest = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(OLDEST_OF_LATER)) {
            statement.setLong(1, now);
            time(statement).ifPresent(oldest::add);
        }
        for (String lane : due.lanes(connection)) {
            due.oldest(connection, lane).ifPresent(oldest::add);
        }
        return oldest.stream().min(Comparator.naturalOrder());
    }

    private static Optional<Instant> time(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            row.next();
            return Micros.optional(row.getLong(1));
        }
    }

    private List<ErrorCount> errors(Connection connection, long now) throws SQLException {
        Map<Map.Entry<String, Channel>, Long> counts = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(latestErrors)) {
            statement.setLong(1, now - Micros.of(ERROR_AGE));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    Channel channel = Rows.channel(row.getString("steps"), row.getInt("step"));
                    counts.merge(Map.entry(row.getString("error"), channel), 1L, Long::sum);
                }
            }
        }
        return counts.entrySet().stream()
                .map(entry ->
                        new ErrorCount(entry.getKey().getKey(), entry.getKey().getValue(), entry.getValue()))
                .sorted(Comparator.comparingLong(ErrorCount::count).reversed().thenComparing(ErrorCount::reason))
                .limit(MOST_ERRORS)
                .toList();
    }

    Counts counts(Connection connection) throws SQLException {
        Map<MessageState, Long> byState = new EnumMap<>(MessageState.class);
        for (MessageState state : MessageState.values()) {
            byState.put(state, 0L);
        }
        Map<Channel, Long> sent = new HashMap<>();
        tallies(connection, byState, sent);
        boolean allReady = waiting(connection, "delivery_ready", byState);
        boolean allLater = waiting(connection, "delivery_later", byState);
        byState.put(
                MessageState.CLAIMED,
                store.underWay(connection).values().stream().mapToLong(n -> n).sum());
        return new Counts(byState, sent, allReady && allLater);
    }

    private static void tallies(Connection connection, Map<MessageState, Long> byState, Map<Channel, Long> sent)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                        "select channel, state, sum(n) as n from delivery_tally group by channel, state");
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                MessageState state = MessageState.valueOf(row.getString("state"));
                byState.merge(state, row.getLong("n"), Long::sum);
                if (state == MessageState.SENT) {
                    sent.put(new Channel(row.getString("channel")), row.getLong("n"));
                }
            }
        }
    }

    private boolean waiting(Connection connection, String table, Map<MessageState, Long> byState) throws SQLException {
        long total = 0;
        try (PreparedStatement statement =
                        connection.prepareStatement("""
                        select state, count(*) as n from (
                            select case when tried = 0 then 'PENDING' else 'RETRY_WAIT' end as state from %s%s) q
                        group by state
                        """.formatted(table, dialect.limitInAnyOrder(COUNT_LIMIT)));
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                byState.merge(MessageState.valueOf(row.getString("state")), row.getLong("n"), Long::sum);
                total += row.getLong("n");
            }
        }
        return total < COUNT_LIMIT;
    }
}
