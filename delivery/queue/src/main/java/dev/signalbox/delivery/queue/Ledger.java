package dev.signalbox.delivery.queue;

import dev.signalbox.database.Upsert;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes tickets and history row by row, in SQL that every database takes. Works in the transaction of its connection. */
final class Ledger {
    private static final String INSERT_TICKET = """
            insert into delivery_%s (lane, priority, run_at, id, step, attempt, tried, deadline, unsure_since)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;
    private static final String INSERT_READY = INSERT_TICKET.formatted("ready");
    private static final String INSERT_LATER = INSERT_TICKET.formatted("later");

    private static final String INSERT_OUTCOME = """
            insert into delivery_outcome (id, attempt, step, result, state, at, next_at, millis, provider_id, error, actor,
                                          note)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """;

    private static final String REDACT = "update delivery_message set body = ? where id = ?";

    private static final String INSERT_DEAD =
            "insert into delivery_dead (id, state, attempt, at, reason) values (?, ?, ?, ?, ?)";

    private static final String INSERT_TALLY =
            "insert into delivery_tally (shard, channel, state, n) values (?, ?, ?, ?)";

    /** One order for all, so that two transactions on one shard wait for one another in one direction only. */
    private static final Comparator<Map.Entry<Channel, MessageState>> IN_ORDER = Comparator.comparing(
                    (Map.Entry<Channel, MessageState> entry) -> entry.getKey().name())
            .thenComparing(entry -> entry.getValue());

    private final Rows rows;
    private final BatchEnds batches;
    private final Upsert tally;

    Ledger(Rows rows) {
        this.rows = rows;
        this.batches = new BatchEnds(rows);
        this.tally =
                Upsert.of(rows.dialect(), INSERT_TALLY, "shard, channel, state", "n = delivery_tally.n + excluded.n");
    }

    /** Puts tickets into ready, or into later if their time has not come. */
    void queue(Connection connection, List<Ticket> tickets, long now) throws SQLException {
        for (boolean due : new boolean[] {true, false}) {
            List<Ticket> those = tickets.stream()
                    .filter(ticket -> ticket.runAt() <= now == due)
                    .toList();
            batch(connection, due ? INSERT_READY : INSERT_LATER, those, this::bindTicket);
        }
    }

    private void bindTicket(PreparedStatement statement, Ticket ticket) throws SQLException {
        statement.setString(1, ticket.lane().name());
        statement.setInt(2, ticket.priority());
        statement.setLong(3, ticket.runAt());
        rows.bind(statement, 4, ticket.id());
        statement.setInt(5, ticket.step());
        statement.setInt(6, ticket.attempt());
        statement.setInt(7, ticket.tried());
        Rows.bindTime(statement, 8, ticket.deadline());
        Rows.bindTime(statement, 9, ticket.unsureSince());
    }

    /** Adds outcomes to the histories; those that end a reach are counted, in its batch, too, and buried unless it was sent. */
    void record(Connection connection, List<Outcome> outcomes, int shard) throws SQLException {
        batch(connection, INSERT_OUTCOME, outcomes, this::bindOutcome);
        if (rows.redactsSent()) {
            batch(connection, REDACT, sent(outcomes), (statement, outcome) -> {
                statement.setString(1, Reach.REDACTED_BODY);
                rows.bind(statement, 2, outcome.id());
            });
        }
        List<Outcome> dead = outcomes.stream()
                .filter(outcome -> outcome.state().isFinal() && outcome.state() != MessageState.SENT)
                .toList();
        batch(connection, INSERT_DEAD, dead, (statement, outcome) -> {
            rows.bind(statement, 1, outcome.id());
            statement.setString(2, outcome.state().name());
            statement.setInt(3, outcome.attempt());
            statement.setLong(4, outcome.at());
            statement.setString(5, outcome.error());
        });
        Map<Map.Entry<Channel, MessageState>, Integer> counts = new TreeMap<>(IN_ORDER);
        outcomes.stream()
                .filter(outcome -> outcome.state().isFinal())
                .forEach(outcome -> counts.merge(Map.entry(outcome.channel(), outcome.state()), 1, Integer::sum));
        for (Map.Entry<Map.Entry<Channel, MessageState>, Integer> entry : counts.entrySet()) {
            tally(connection, entry.getKey().getKey(), entry.getKey().getValue(), entry.getValue(), shard);
        }
        batches.ended(connection, outcomes);
    }

    private static List<Outcome> sent(List<Outcome> outcomes) {
        return outcomes.stream()
                .filter(outcome -> outcome.state() == MessageState.SENT)
                .toList();
    }

    void tally(Connection connection, Channel channel, MessageState state, int n, int shard) throws SQLException {
        tally.run(connection, shard, channel.name(), state.name(), n);
    }

    private void bindOutcome(PreparedStatement statement, Outcome outcome) throws SQLException {
        rows.bind(statement, 1, outcome.id());
        statement.setInt(2, outcome.attempt());
        statement.setInt(3, outcome.step());
        statement.setString(4, outcome.result().name());
        statement.setString(5, outcome.state().name());
        statement.setLong(6, outcome.at());
        Rows.bindTime(statement, 7, outcome.nextAt());
        statement.setInt(8, outcome.millis());
        statement.setString(9, outcome.providerId());
        statement.setString(10, outcome.error());
        statement.setString(11, outcome.remark().actor().orElse(null));
        statement.setString(12, outcome.remark().note().orElse(null));
    }

    @FunctionalInterface
    interface Binder<T> {
        void bind(PreparedStatement statement, T item) throws SQLException;
    }

    /** Runs one statement for many items. */
    static <T> void batch(Connection connection, String sql, List<T> items, Binder<T> binder) throws SQLException {
        if (items.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (T item : items) {
                binder.bind(statement, item);
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }
}
