package dev.signalbox.delivery.queue;

import dev.signalbox.delivery.queue.DeliveryQueue.Action;
import dev.signalbox.delivery.queue.DeliveryQueue.Change;
import dev.signalbox.delivery.queue.Outcome.Result;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * What operators do to reaches: cancel them, give them another chance, say what became of them. Works in one transaction, and
 * collects the tickets that it queues.
 */
final class Changes {
    /** Something to do with the changes of one transaction. */
    @FunctionalInterface
    interface Work<T> {
        T run(Changes changes) throws SQLException;
    }

    private static final String COLUMNS = "select id, priority, step, attempt, tried, deadline, unsure_since from ";
    private static final String IN_LATER = "delivery_later where run_at = ? and id = ?";
    private static final String IN_READY = "delivery_ready where lane = ? and priority = ? and run_at = ? and id = ?";

    private static final String REPRIORITISE = """
            update delivery_message set asked_priority = coalesce(asked_priority, priority), priority = ? where id = ?
            """;

    private final Rows rows;
    private final History history;
    private final Removal removal;
    private final Ledger ledger;
    private final BatchEnds batches;
    private final Connection connection;
    private final long now;
    private final List<Ticket> revived;

    Changes(Rows rows, History history, Removal removal, Connection connection, long now, List<Ticket> revived) {
        this.rows = rows;
        this.history = history;
        this.removal = removal;
        this.ledger = new Ledger(rows);
        this.batches = new BatchEnds(rows);
        this.connection = connection;
        this.now = now;
        this.revived = revived;
    }

    /** The filter of a change of many, which must say what it is about. */
    static MessageFilter checked(MessageFilter filter, Action action) {
        MessageFilter named =
                action.states().size() == 1 ? filter.withState(filter.state().orElse(MessageState.UNKNOWN)) : filter;
        Limits.check(named.state().isPresent(), "state", "is missing; it must be one of " + action.states());
        MessageState state = named.state().orElseThrow();
        Limits.check(
                action.states().contains(state), "state", "is " + state + "; it must be one of " + action.states());
        return named;
    }

    /** @param expected the state it must still be in, if that matters */
    Optional<Change> change(UUID id, Action action, Optional<MessageState> expected, Remark remark)
            throws SQLException {
        Optional<History.Story> found = history.load(connection, id);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        History.Story story = found.get();
        MessageState state = story.recorded();
        if (state != expected.orElse(state) || !allows(story, action)) {
            return Optional.of(new Change(state, false));
        }
        return Optional.of(
                switch (action) {
                    case CANCEL -> cancel(story, remark);
                    case DELETE ->
                        new Change(
                                state,
                                removal.removeNow(connection, story.outcomes().getLast()));
                    default -> exhume(story, action, remark);
                });
    }

    private boolean allows(History.Story story, Action action) {
        boolean sendsAgain = action == Action.RETRY || action == Action.RETRY_NEW_KEY || action == Action.RESOLVE_RETRY;
        return action.states().contains(story.recorded())
                && !(sendsAgain && (isExpired(story.reach()) || !Rows.isReadable(story.reach())));
    }

    private boolean isExpired(Reach reach) {
        long expiresAt = Micros.of(reach.expiresAt());
        return expiresAt != Micros.NONE && now >= expiresAt;
    }

    /**
     * Taking the ticket out of its queue is what decides the race with a claim. Where an earlier attempt may have been sent,
     * nobody can say that the message was not: it is parked as UNKNOWN.
     */
    private Change cancel(History.Story story, Remark remark) throws SQLException {
        Ticket place = story.place();
        Optional<Ticket> taken = take(place);
        if (taken.isEmpty()) {
            return new Change(MessageState.CLAIMED, false);
        }
        boolean unsure = taken.get().unsureSince() != Micros.NONE;
        MessageState state = unsure ? MessageState.UNKNOWN : MessageState.CANCELLED;
        Outcome outcome = event(
                place.id(),
                taken.get().attempt(),
                place.step(),
                place.lane(),
                Result.CANCELLED,
                state,
                unsure ? "cancelled, but an earlier attempt may have been sent" : "cancelled",
                Micros.NONE,
                remark);
        ledger.record(connection, List.of(outcome), anyShard());
        return new Change(state, true);
    }

    /** Later first: tickets move from later to ready, never back, so none can slip past. */
    private Optional<Ticket> take(Ticket place) throws SQLException {
        Ledger.Binder<Ticket> later = (statement, ticket) -> {
            statement.setLong(1, ticket.runAt());
            rows.bind(statement, 2, ticket.id());
        };
        Optional<Ticket> taken = take(place, IN_LATER, later);
        return taken.isPresent() ? taken : take(place, IN_READY, rows::bindKey);
    }

    /** The lock decides the race with a claim; under it the row is deleted. */
    private Optional<Ticket> take(Ticket place, String from, Ledger.Binder<Ticket> key) throws SQLException {
        String lock = rows.dialect().forUpdate(COLUMNS + from);
        try (PreparedStatement statement = connection.prepareStatement(lock)) {
            key.bind(statement, place);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                Ticket taken = rows.ticket(row, place.lane(), place.runAt());
                Ledger.batch(connection, "delete from " + from, List.of(place), key);
                return Optional.of(taken);
            }
        }
    }

    /** As for a cancellation, taking the ticket out of its queue decides the race with a claim. */
    Optional<Change> reschedule(UUID id, Schedule schedule, Remark remark) throws SQLException {
        Optional<History.Story> found = history.load(connection, id);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        History.Story story = found.get();
        if (!Action.CANCEL.states().contains(story.recorded())) {
            return Optional.of(new Change(story.recorded(), false));
        }
        Limits.check(
                schedule.at().isEmpty()
                        || story.reach()
                                .expiresAt()
                                .map(schedule.at().get()::isBefore)
                                .orElse(true),
                "at",
                "is not before the message's expiry; it would never be sent");
        Optional<Ticket> taken = take(story.place());
        if (taken.isEmpty()) {
            return Optional.of(new Change(MessageState.CLAIMED, false));
        }
        move(taken.get(), story.recorded(), schedule, remark);
        return Optional.of(new Change(story.recorded(), true));
    }

    /** What is due queues behind the others of its priority, where claims look: they do not look back at once. */
    private void move(Ticket old, MessageState state, Schedule schedule, Remark remark) throws SQLException {
        long runAt = Math.max(now, schedule.at().map(Micros::of).orElse(old.runAt()));
        int priority = schedule.priority().orElse(old.priority());
        Outcome event =
                event(old.id(), old.attempt(), old.step(), old.lane(), Result.RESCHEDULED, state, null, runAt, remark);
        ledger.record(connection, List.of(event), anyShard());
        if (priority != old.priority()) {
            reprioritise(old.id(), priority);
        }
        Ticket moved = new Ticket(
                old.id(),
                old.lane(),
                priority,
                runAt,
                old.step(),
                event.attempt(),
                old.tried(),
                old.deadline(),
                old.unsureSince());
        ledger.queue(connection, List.of(moved), now);
        revived.add(moved);
    }

    private void reprioritise(UUID id, int priority) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(REPRIORITISE)) {
            statement.setInt(1, priority);
            rows.bind(statement, 2, id);
            statement.executeUpdate();
        }
    }

    /** Taking this very entry out of the dead decides the race with other calls. */
    private Change exhume(History.Story story, Action action, Remark remark) throws SQLException {
        Outcome last = story.outcomes().getLast();
        try (PreparedStatement statement =
                connection.prepareStatement("delete from delivery_dead where id = ? and attempt = ?")) {
            rows.bind(statement, 1, last.id());
            statement.setInt(2, last.attempt());
            if (statement.executeUpdate() == 0) {
                return new Change(
                        history.load(connection, last.id()).orElseThrow().recorded(), false);
            }
        }
        ledger.tally(connection, last.channel(), last.state(), -1, anyShard());
        Outcome event = event(story, last, action, remark);
        ledger.record(connection, List.of(event), anyShard());
        if (action == Action.RETRY_NEW_KEY) {
            renewKey(last.id());
        }
        if (!event.state().isFinal()) {
            batches.reopened(connection, last.id());
            queue(story.reach(), event);
        }
        return new Change(event.state(), true);
    }

    private void renewKey(UUID id) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("update delivery_message set key_version = key_version + 1 where id = ?")) {
            rows.bind(statement, 1, id);
            statement.executeUpdate();
        }
    }

    private Outcome event(History.Story story, Outcome last, Action action, Remark remark) {
        return switch (action) {
            case RESOLVE_ARRIVED -> event(last, Result.ARRIVED, MessageState.SENT, null, remark);
            case RESOLVE_NOT_ARRIVED -> notArrived(story.reach(), last, remark);
            case RETRY, RESOLVE_RETRY -> revived(story, last, Result.REVIVED, remark);
            case RETRY_NEW_KEY -> revived(story, last, Result.REKEYED, remark);
            case CANCEL, DELETE -> throw new IllegalArgumentException(action + " adds nothing to a history");
        };
    }

    private Outcome revived(History.Story story, Outcome last, Result result, Remark remark) {
        Channel first = story.reach().steps().getFirst().channel();
        return event(last.id(), last.attempt(), 0, first, result, MessageState.PENDING, null, now, remark);
    }

    private Outcome notArrived(Reach reach, Outcome last, Remark remark) {
        boolean wasLastStep = last.step() >= reach.steps().size() - 1; // One that cannot be read has one step only.
        MessageState state =
                wasLastStep ? MessageState.DEAD : isExpired(reach) ? MessageState.EXPIRED : MessageState.PENDING;
        return event(last, Result.NOT_ARRIVED, state, "an operator found that it had not arrived", remark);
    }

    private void queue(Reach reach, Outcome event) throws SQLException {
        int step = event.nextStep();
        Channel lane = reach.steps().get(step).channel();
        Ticket next =
                new Ticket(reach.id(), lane, reach.priority(), now, step, event.attempt(), 0, Micros.NONE, Micros.NONE);
        ledger.queue(connection, List.of(next), now);
        revived.add(next);
    }

    private Outcome event(Outcome last, Result result, MessageState state, @Nullable String reason, Remark remark) {
        long nextAt = state.isFinal() ? Micros.NONE : now;
        return event(last.id(), last.attempt(), last.step(), last.channel(), result, state, reason, nextAt, remark);
    }

    private Outcome event(
            UUID id,
            int lastAttempt,
            int step,
            Channel channel,
            Result result,
            MessageState state,
            @Nullable String reason,
            long nextAt,
            Remark remark) {
        return new Outcome(id, lastAttempt + 1, step, channel, result, state, null, reason, now, 0, nextAt, remark);
    }

    private static int anyShard() {
        return ThreadLocalRandom.current().nextInt(Store.SHARDS);
    }
}
