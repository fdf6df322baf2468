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
    private final Ledger ledger;

    Changes(Rows rows, History history) {
        this.rows = rows;
        this.history = history;
        this.ledger = new Ledger(rows);
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
        ledger.record(connection, List.of(outcome), anyShard());
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
        ledger.record(
                connection, List.of(event(first, Result.REVIVED, State.PENDING, next.attempt(), now, now)), anyShard());
        ledger.tally(connection, last.channel(), last.state(), -1, anyShard());
        ledger.queue(connection, List.of(next), now);
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

    private static Outcome event(Ticket place, Result result, State state, int attempt, long now, long nextAt) {
        String reason = result == Result.CANCELLED ? "cancelled" : null;
        return new Outcome(
                place.id(), attempt, place.step(), place.lane(), result, state, null, reason, now, 0, nextAt);
    }

    private static int anyShard() {
        return ThreadLocalRandom.current().nextInt(Store.SHARDS);
    }
}
