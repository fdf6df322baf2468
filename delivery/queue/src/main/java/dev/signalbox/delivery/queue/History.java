package dev.signalbox.delivery.queue;

import dev.signalbox.delivery.queue.DeliveryQueue.Attempt;
import dev.signalbox.delivery.queue.DeliveryQueue.Status;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads what became of reaches. Works on the snapshot of the connection it is given.
 *
 * <p>The last line of a reach's history says whether it is final, or where in a queue its ticket would be; if the ticket is
 * not there, a node has claimed it. So no query has to search the queues.
 */
final class History {
    /** A reach with its history. */
    record Story(Reach reach, long acceptedAt, long dueAt, List<Outcome> outcomes) {
        MessageState recorded() {
            return outcomes.isEmpty()
                    ? MessageState.PENDING
                    : outcomes.getLast().state();
        }

        /** Where its ticket is, unless it is claimed. Only the columns of the keys are meant. */
        Ticket place() {
            int step = outcomes.isEmpty() ? 0 : outcomes.getLast().nextStep();
            long runAt = outcomes.isEmpty() ? dueAt : outcomes.getLast().nextAt();
            int attempt = outcomes.isEmpty() ? 0 : outcomes.getLast().attempt();
            Channel lane = step(reach, step).channel();
            return new Ticket(reach.id(), lane, reach.priority(), runAt, step, attempt, 0, Micros.NONE, Micros.NONE);
        }

        Channel channel() {
            return recorded().isFinal() ? outcomes.getLast().channel() : place().lane();
        }

        /** The error in the last line of its history. */
        Optional<String> reason() {
            return outcomes.isEmpty()
                    ? Optional.empty()
                    : Optional.ofNullable(outcomes.getLast().error());
        }

        boolean isTo(String address) {
            return reach.steps().stream().anyMatch(step -> step.address().equals(address));
        }
    }

    private static final int CHUNK = 500;

    private final Rows rows;

    History(Rows rows) {
        this.rows = rows;
    }

    Optional<Status> find(Connection connection, UUID id) throws SQLException {
        Optional<Story> found = load(connection, id);
        return found.isEmpty() ? Optional.empty() : Optional.of(status(connection, found.get()));
    }

    Optional<Story> load(Connection connection, UUID id) throws SQLException {
        return load(connection, List.of(id)).stream().findFirst();
    }

    List<Story> load(Connection connection, List<UUID> ids) throws SQLException {
        if (ids.isEmpty()) {
            return List.of();
        }
        Map<UUID, Story> records = new HashMap<>();
        each(connection, "select * from delivery_message where id in (%s)", ids, row -> {
            UUID id = rows.id(row, "id");
            records.put(id, new Story(rows.reach(row), row.getLong("accepted_at"), dueAt(row), new ArrayList<>()));
        });
        each(connection, "select * from delivery_outcome where id in (%s) order by id, attempt", ids, row -> {
            Story record = records.get(rows.id(row, "id"));
            if (record != null) {
                record.outcomes().add(outcome(record.reach(), row));
            }
        });
        return ids.stream().map(records::get).filter(Objects::nonNull).toList();
    }

    /** When the first attempt was due, as {@link Ticket#first} says. */
    private static long dueAt(ResultSet message) throws SQLException {
        return Math.max(message.getLong("accepted_at"), message.getLong("not_before")); // Without the latter, 0.
    }

    /** A row that cannot be read has one step, whatever its history says. */
    private static Step step(Reach reach, int index) {
        return reach.steps().get(Math.min(index, reach.steps().size() - 1));
    }

    private static Outcome outcome(Reach reach, ResultSet row) throws SQLException {
        int step = row.getInt("step");
        return new Outcome(
                reach.id(),
                row.getInt("attempt"),
                step,
                step(reach, step).channel(),
                Outcome.Result.valueOf(row.getString("result")),
                MessageState.valueOf(row.getString("state")),
                row.getString("provider_id"),
                row.getString("error"),
                row.getLong("at"),
                row.getInt("millis"),
                row.getLong("next_at"),
                remark(row.getString("actor"), row.getString("note")));
    }

    private static Remark remark(@Nullable String actor, @Nullable String note) {
        return actor == null && note == null
                ? Remark.NONE
                : new Remark(Optional.ofNullable(actor), Optional.ofNullable(note));
    }

    /** Those of the reaches that were accepted at this very time. */
    Set<UUID> acceptedAt(Connection connection, List<UUID> ids, long time) throws SQLException {
        Set<UUID> found = new HashSet<>();
        each(connection, "select id, accepted_at from delivery_message where id in (%s)", ids, row -> {
            if (row.getLong("accepted_at") == time) {
                found.add(rows.id(row, "id"));
            }
        });
        return found;
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

    Status status(Connection connection, Story record) throws SQLException {
        MessageState recorded = record.recorded();
        boolean waits = !recorded.isFinal() && isQueued(connection, record.place());
        MessageState state = recorded.isFinal() || waits ? recorded : MessageState.CLAIMED;
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
                step(reach, outcome.step()).address(),
                outcome.state(),
                outcome.result().name(),
                Optional.ofNullable(outcome.providerId()),
                Optional.ofNullable(outcome.error()),
                Micros.instant(outcome.at()),
                outcome.millis(),
                outcome.remark());
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

    @FunctionalInterface
    private interface Reader {
        void read(ResultSet row) throws SQLException;
    }

    /** The rows of one id come together. */
    private void each(Connection connection, String sql, List<UUID> ids, Reader reader) throws SQLException {
        for (int from = 0; from < ids.size(); from += CHUNK) {
            eachOf(connection, sql, ids.subList(from, Math.min(ids.size(), from + CHUNK)), reader);
        }
    }

    private void eachOf(Connection connection, String sql, List<UUID> ids, Reader reader) throws SQLException {
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
