package dev.signalbox.delivery.queue;

import dev.signalbox.delivery.queue.Outcome.Result;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/** What operators do to a reach: cancel it, or give it another chance. Works in the transaction of its connection. */
final class Changes {
    private final Rows rows;
    private final History history;

    Changes(Rows rows, History history) {
        this.rows = rows;
        this.history = history;
    }

    /** Taking the ticket out of its queue is what decides the race with a claim. */
    Optional<State> cancel(Connection connection, UUID id, long now) throws SQLException {
        Optional<History.Story> found = history.load(connection, id);
        if (found.isEmpty() || found.get().recorded().isFinal()) {
            return found.map(History.Story::recorded);
        }
        Ticket place = found.get().place();
        OptionalInt attempt = take(connection, place);
        if (attempt.isEmpty()) {
            return Optional.of(State.CLAIMED);
        }
        Outcome outcome = event(place, Result.CANCELLED, State.CANCELLED, attempt.getAsInt() + 1, now, Micros.NONE);
        record(connection, outcome);
        try (PreparedStatement statement = connection.prepareStatement(
                "insert into delivery_dead (id, state, attempt, at, reason) values (?, ?, ?, ?, ?)")) {
            rows.bind(statement, 1, id);
            statement.setString(2, State.CANCELLED.name());
            statement.setInt(3, outcome.attempt());
            statement.setLong(4, now);
            statement.setString(5, "cancelled");
            statement.executeUpdate();
        }
        tally(connection, place.lane(), State.CANCELLED, 1);
        return Optional.of(State.CANCELLED);
    }

    /** Later first: tickets move from later to ready, never back, so none can slip past. Returns the last attempt. */
    private OptionalInt take(Connection connection, Ticket place) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "delete from delivery_later where run_at = ? and id = ? returning attempt")) {
            statement.setLong(1, place.runAt());
            rows.bind(statement, 2, place.id());
            OptionalInt attempt = first(statement);
            if (attempt.isPresent()) {
                return attempt;
            }
        }
        try (PreparedStatement statement = connection.prepareStatement("""
                delete from delivery_ready where lane = ? and priority = ? and run_at = ? and id = ?
                returning attempt
                """)) {
            statement.setString(1, place.lane().name());
            statement.setInt(2, place.priority());
            statement.setLong(3, place.runAt());
            rows.bind(statement, 4, place.id());
            return first(statement);
        }
    }

    private static OptionalInt first(PreparedStatement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery()) {
            return row.next() ? OptionalInt.of(row.getInt(1)) : OptionalInt.empty();
        }
    }

    Optional<State> retry(Connection connection, UUID id, long now, List<Ticket> revived) throws SQLException {
        Optional<History.Story> found = history.load(connection, id);
        if (found.isEmpty() || !mayRevive(found.get(), now)) {
            return found.map(History.Story::recorded);
        }
        if (!exhume(connection, id)) {
            return Optional.of(State.PENDING); // Another call was faster.
        }
        // Read again now that the row is ours: it may have been revived and have ended anew in between.
        History.Story record = history.load(connection, id).orElseThrow();
        Outcome last = record.outcomes().getLast();
        Ticket first = Ticket.first(record.reach(), now);
        Ticket next =
                new Ticket(id, first.lane(), first.priority(), now, 0, last.attempt() + 1, 0, Micros.NONE, Micros.NONE);
        record(connection, event(first, Result.REVIVED, State.PENDING, next.attempt(), now, now));
        tally(connection, last.channel(), last.state(), -1);
        queue(connection, next);
        revived.add(next);
        return Optional.of(State.PENDING);
    }

    private static boolean mayRevive(History.Story record, long now) {
        boolean ended = record.recorded().isFinal() && record.recorded() != State.SENT;
        long expiresAt = Micros.of(record.reach().expiresAt());
        return ended && (expiresAt == Micros.NONE || now < expiresAt);
    }

    private boolean exhume(Connection connection, UUID id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("delete from delivery_dead where id = ?")) {
            rows.bind(statement, 1, id);
            return statement.executeUpdate() == 1;
        }
    }

    private void queue(Connection connection, Ticket ticket) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                insert into delivery_ready (lane, priority, run_at, id, step, attempt, tried)
                values (?, ?, ?, ?, ?, ?, ?)
                """)) {
            statement.setString(1, ticket.lane().name());
            statement.setInt(2, ticket.priority());
            statement.setLong(3, ticket.runAt());
            rows.bind(statement, 4, ticket.id());
            statement.setInt(5, ticket.step());
            statement.setInt(6, ticket.attempt());
            statement.setInt(7, ticket.tried());
            statement.executeUpdate();
        }
    }

    private static Outcome event(Ticket place, Result result, State state, int attempt, long now, long nextAt) {
        return new Outcome(place.id(), attempt, place.step(), place.lane(), result, state, null, null, now, 0, nextAt);
    }

    private void record(Connection connection, Outcome outcome) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                insert into delivery_outcome (id, attempt, step, result, state, at, next_at, millis)
                values (?, ?, ?, ?, ?, ?, ?, ?)
                """)) {
            rows.bind(statement, 1, outcome.id());
            statement.setInt(2, outcome.attempt());
            statement.setInt(3, outcome.step());
            statement.setString(4, outcome.result().name());
            statement.setString(5, outcome.state().name());
            statement.setLong(6, outcome.at());
            Rows.bindTime(statement, 7, outcome.nextAt());
            statement.setInt(8, outcome.millis());
            statement.executeUpdate();
        }
    }

    private static void tally(Connection connection, Channel channel, State state, int n) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                insert into delivery_tally (shard, channel, state, n) values (?, ?, ?, ?)
                on conflict (shard, channel, state) do update set n = delivery_tally.n + excluded.n
                """)) {
            statement.setInt(1, ThreadLocalRandom.current().nextInt(Store.SHARDS));
            statement.setString(2, channel.name());
            statement.setString(3, state.name());
            statement.setInt(4, n);
            statement.executeUpdate();
        }
    }
}
