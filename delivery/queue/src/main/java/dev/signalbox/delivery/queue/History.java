package dev.signalbox.delivery.queue;

import dev.signalbox.delivery.queue.DeliveryQueue.Attempt;
import dev.signalbox.delivery.queue.DeliveryQueue.Counts;
import dev.signalbox.delivery.queue.DeliveryQueue.Filter;
import dev.signalbox.delivery.queue.DeliveryQueue.Page;
import dev.signalbox.delivery.queue.DeliveryQueue.Status;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Reads what became of reaches. Works on the snapshot of the connection it is given.
 *
 * <p>The last line of a reach's history says whether it is final, or where in a queue its ticket would be; if the ticket is
 * not there, a node has claimed it. So no query has to search the queues.
 */
final class History {
    /** How many rows of a queue are counted one by one. */
    private static final int COUNT_LIMIT = 100_000;

    private static final int CHUNK = 200;

    /** How many reaches one page looks at before it comes back short, with a cursor to go on from. */
    private static final int SCAN_LIMIT = 10_000;

    private static final UUID NEWEST = new UUID(-1L, -1L);

    /** A reach with its history. */
    record Story(Reach reach, long acceptedAt, long dueAt, List<Outcome> outcomes) {
        State recorded() {
            return outcomes.isEmpty() ? State.PENDING : outcomes.getLast().state();
        }

        /** Where its ticket is, unless it is claimed. Only the columns of the keys are meant. */
        Ticket place() {
            int step = outcomes.isEmpty() ? 0 : outcomes.getLast().nextStep();
            long runAt = outcomes.isEmpty() ? dueAt : outcomes.getLast().nextAt();
            int attempt = outcomes.isEmpty() ? 0 : outcomes.getLast().attempt();
            Channel lane = reach.steps().get(step).channel();
            return new Ticket(reach.id(), lane, reach.priority(), runAt, step, attempt, 0, Micros.NONE, Micros.NONE);
        }

        Channel channel() {
            return recorded().isFinal() ? outcomes.getLast().channel() : place().lane();
        }

        boolean isTo(String address) {
            return reach.steps().stream().anyMatch(step -> step.address().equals(address));
        }
    }

    private final Rows rows;
    private final Store store;

    History(Rows rows, Store store) {
        this.rows = rows;
        this.store = store;
    }

    Optional<Status> find(Connection connection, UUID id) throws SQLException {
        Optional<Story> found = load(connection, id);
        return found.isEmpty() ? Optional.empty() : Optional.of(status(connection, found.get()));
    }

    Optional<Story> load(Connection connection, UUID id) throws SQLException {
        return load(connection, List.of(id)).stream().findFirst();
    }

    private List<Story> load(Connection connection, List<UUID> ids) throws SQLException {
        if (ids.isEmpty()) {
            return List.of();
        }
        Map<UUID, Story> records = new HashMap<>();
        each(connection, "select * from delivery_message where id in (%s)", ids, row -> {
            UUID id = rows.id(row, "id");
            records.put(
                    id,
                    new Story(reach(id, row), row.getLong("accepted_at"), row.getLong("due_at"), new ArrayList<>()));
        });
        each(connection, "select * from delivery_outcome where id in (%s) order by id, attempt", ids, row -> {
            Story record = records.get(rows.id(row, "id"));
            if (record != null) {
                record.outcomes().add(outcome(record.reach(), row));
            }
        });
        return ids.stream().map(records::get).filter(Objects::nonNull).toList();
    }

    private static Reach reach(UUID id, ResultSet row) throws SQLException {
        return new Reach(
                id,
                Rows.readSteps(row.getString("steps")),
                row.getString("body"),
                Rows.readHeaders(row.getString("headers")),
                Optional.ofNullable(row.getString("dedupe_key")),
                row.getInt("priority"),
                Micros.optional(row.getLong("not_before")),
                Micros.optional(row.getLong("expires_at")),
                row.getInt("max_attempts"));
    }

    private static Outcome outcome(Reach reach, ResultSet row) throws SQLException {
        int step = row.getInt("step");
        return new Outcome(
                reach.id(),
                row.getInt("attempt"),
                step,
                reach.steps().get(step).channel(),
                Outcome.Result.valueOf(row.getString("result")),
                State.valueOf(row.getString("state")),
                row.getString("provider_id"),
                row.getString("error"),
                row.getLong("at"),
                row.getInt("millis"),
                row.getLong("next_at"));
    }

    Set<Outcome> recorded(Connection connection, List<Outcome> outcomes) throws SQLException {
        Set<Outcome> recorded = new HashSet<>();
        Map<UUID, Outcome> byId = new HashMap<>();
        outcomes.forEach(outcome -> byId.put(outcome.id(), outcome));
        each(connection, "select * from delivery_outcome where id in (%s)", List.copyOf(byId.keySet()), row -> {
            Outcome outcome = byId.get(rows.id(row, "id"));
            if (outcome != null
                    && outcome.attempt() == row.getInt("attempt")
                    && outcome.at() == row.getLong("at")
                    && outcome.result().name().equals(row.getString("result"))) {
                recorded.add(outcome);
            }
        });
        return recorded;
    }

    private Status status(Connection connection, Story record) throws SQLException {
        State recorded = record.recorded();
        boolean waits = !recorded.isFinal() && isQueued(connection, record.place());
        State state = recorded.isFinal() || waits ? recorded : State.CLAIMED;
        return new Status(
                record.reach(),
                state,
                Micros.instant(record.acceptedAt()),
                waits ? Optional.of(Micros.instant(record.place().runAt())) : Optional.empty(),
                record.outcomes().stream()
                        .map(outcome -> attempt(record.reach(), outcome))
                        .toList());
    }

    private static Attempt attempt(Reach reach, Outcome outcome) {
        return new Attempt(
                outcome.attempt(),
                outcome.step(),
                outcome.channel(),
                reach.steps().get(outcome.step()).address(),
                outcome.state(),
                outcome.result().name(),
                Optional.ofNullable(outcome.providerId()),
                Optional.ofNullable(outcome.error()),
                Micros.instant(outcome.at()),
                outcome.millis());
    }

    private boolean isQueued(Connection connection, Ticket place) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                select 1 from delivery_ready where lane = ? and priority = ? and run_at = ? and id = ?
                union all select 1 from delivery_later where run_at = ? and id = ?
                """)) {
            statement.setString(1, place.lane().name());
            statement.setInt(2, place.priority());
            statement.setLong(3, place.runAt());
            rows.bind(statement, 4, place.id());
            statement.setLong(5, place.runAt());
            rows.bind(statement, 6, place.id());
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    Page list(Connection connection, Filter filter) throws SQLException {
        List<Status> items = new ArrayList<>();
        UUID before = filter.cursor().map(UUID::fromString).orElse(NEWEST);
        boolean hasFilter = filter.state().isPresent()
                || filter.channel().isPresent()
                || filter.address().isPresent();
        int chunk = hasFilter ? Math.max(CHUNK, filter.limit()) : filter.limit();
        for (int scanned = 0; scanned < SCAN_LIMIT; scanned += chunk) {
            List<UUID> ids = candidates(connection, filter.state(), before, chunk);
            for (Story record : load(connection, ids)) {
                before = record.reach().id();
                if (matches(filter, record)) {
                    Status status = status(connection, record);
                    if (filter.state().isEmpty() || filter.state().get() == status.state()) {
                        items.add(status);
                    }
                }
                if (items.size() == filter.limit()) {
                    return new Page(items, Optional.of(before.toString()));
                }
            }
            if (ids.size() < chunk) {
                return new Page(items, Optional.empty());
            }
        }
        return new Page(items, Optional.of(before.toString()));
    }

    private static boolean matches(Filter filter, Story record) {
        return filter.channel().map(channel -> channel.equals(record.channel())).orElse(true)
                && filter.address().map(record::isTo).orElse(true);
    }

    /** The next ids below the cursor that may be in the state, newest first. */
    private List<UUID> candidates(Connection connection, Optional<State> state, UUID before, int limit)
            throws SQLException {
        String source = switch (state.orElse(State.SENT)) {
            case SENT -> "delivery_message where true";
            case PENDING ->
                "(select id, tried from delivery_ready union all select id, tried from delivery_later) q"
                        + " where tried = 0";
            case RETRY_WAIT ->
                "(select id, tried from delivery_ready union all select id, tried from delivery_later) q"
                        + " where tried > 0";
            case CLAIMED -> "";
            case UNKNOWN, DEAD, REJECTED, EXPIRED, CANCELLED ->
                "delivery_dead where state = '" + state.orElseThrow() + "'";
        };
        return source.isEmpty()
                ? store.leased(connection, SCAN_LIMIT).stream()
                        .filter(id -> compare(id, before) < 0)
                        .sorted((a, b) -> compare(b, a))
                        .limit(limit)
                        .toList()
                : newest(connection, source, before, limit);
    }

    private List<UUID> newest(Connection connection, String source, UUID before, int limit) throws SQLException {
        List<UUID> ids = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(
                "select id from " + source + " and id < ? order by id desc limit " + limit)) {
            rows.bind(statement, 1, before);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    ids.add(rows.id(row, "id"));
                }
            }
        }
        return ids;
    }

    /** As the databases compare them: unsigned, unlike {@link UUID#compareTo}. */
    private static int compare(UUID a, UUID b) {
        int high = Long.compareUnsigned(a.getMostSignificantBits(), b.getMostSignificantBits());
        return high != 0 ? high : Long.compareUnsigned(a.getLeastSignificantBits(), b.getLeastSignificantBits());
    }

    Counts counts(Connection connection) throws SQLException {
        Map<State, Long> byState = new EnumMap<>(State.class);
        for (State state : State.values()) {
            byState.put(state, 0L);
        }
        Map<Channel, Long> sent = new HashMap<>();
        tallies(connection, byState, sent);
        boolean allReady = waiting(connection, "delivery_ready", byState);
        boolean allLater = waiting(connection, "delivery_later", byState);
        byState.put(State.CLAIMED, store.countLeased(connection));
        return new Counts(byState, sent, allReady && allLater);
    }

    private static void tallies(Connection connection, Map<State, Long> byState, Map<Channel, Long> sent)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                        "select channel, state, sum(n) as n from delivery_tally group by channel, state");
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                State state = State.valueOf(row.getString("state"));
                byState.merge(state, row.getLong("n"), Long::sum);
                if (state == State.SENT) {
                    sent.put(new Channel(row.getString("channel")), row.getLong("n"));
                }
            }
        }
    }

    private static boolean waiting(Connection connection, String table, Map<State, Long> byState) throws SQLException {
        long total = 0;
        try (PreparedStatement statement = connection.prepareStatement("""
                        select case when tried = 0 then 'PENDING' else 'RETRY_WAIT' end as state, count(*) as n
                        from (select tried from %s limit %d) q group by 1
                        """.formatted(table, COUNT_LIMIT));
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                byState.merge(State.valueOf(row.getString("state")), row.getLong("n"), Long::sum);
                total += row.getLong("n");
            }
        }
        return total < COUNT_LIMIT;
    }

    @FunctionalInterface
    private interface Reader {
        void read(ResultSet row) throws SQLException;
    }

    private void each(Connection connection, String sql, List<UUID> ids, Reader reader) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.formatted(Rows.placeholders(ids.size())))) {
            for (int i = 0; i < ids.size(); i++) {
                rows.bind(statement, i + 1, ids.get(i));
            }
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    reader.read(row);
                }
            }
        }
    }
}
