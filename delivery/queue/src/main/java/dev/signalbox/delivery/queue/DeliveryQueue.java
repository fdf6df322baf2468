package dev.signalbox.delivery.queue;

import dev.signalbox.database.Database;
import dev.signalbox.database.Migration;
import java.sql.Connection;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The durable queue. Thread-safe. All failures of the database are thrown as {@link DeliveryQueueException}. */
public interface DeliveryQueue {

    /**
     * Opens the queue in a database, whose tables it brings up to date. All times are that database's.
     *
     * @throws DeliveryQueueException if that fails
     */
    static DeliveryQueue on(Database database) {
        return JdbcQueue.open(database, Time.of(database));
    }

    /** The same with a clock of one's own, which all nodes must share; for tests. */
    static DeliveryQueue on(Database database, InstantSource clock) {
        return JdbcQueue.open(database, Time.of(clock));
    }

    /**
     * The history of the queue's tables in a database, with what opening it would still do. Changes nothing.
     *
     * @throws DeliveryQueueException if the database cannot be asked
     */
    static List<Migration> migrations(Database database) {
        return JdbcQueue.migrations(database);
    }

    /** Whether a reach was new, or an earlier one with the same dedupe key (or id) stands for it. */
    record Receipt(UUID id, boolean duplicate) {}

    /** One attempt or event in a reach's history. */
    record Attempt(
            int attempt,
            int step,
            Channel channel,
            String address,
            State state,
            String result,
            Optional<String> providerId,
            Optional<String> error,
            Instant at,
            long durationMillis) {}

    /** A reach as it stands, with its history, oldest first. */
    record Status(
            Reach reach, State state, Instant acceptedAt, Optional<Instant> nextAttemptAt, List<Attempt> attempts) {}

    /** What to list: empty means any. Newest first. {@code cursor} is a {@link Page#next()}. */
    record Filter(
            Optional<State> state,
            Optional<Channel> channel,
            Optional<String> address,
            Optional<String> cursor,
            int limit) {}

    record Page(List<Status> items, Optional<String> next) {}

    /** Numbers of reaches by state; {@code exact} is false where waiting ones were counted only up to a bound. */
    record Counts(Map<State, Long> byState, Map<Channel, Long> sentByChannel, boolean exact) {}

    Receipt enqueue(Reach reach);

    /** Enqueues in the caller's transaction, which the caller commits. */
    Receipt enqueue(Connection transaction, Reach reach);

    /** Enqueues in one transaction; receipts are in the order given. */
    List<Receipt> enqueueAll(List<Reach> reaches);

    List<Receipt> enqueueAll(Connection transaction, List<Reach> reaches);

    Optional<Status> find(UUID id);

    Page list(Filter filter);

    /** Cancels what is not yet being sent. Returns the state after the call: CANCELLED, or whatever prevented it. */
    Optional<State> cancel(UUID id);

    /** Gives a reach that ended without being sent, or was parked, a new budget from its first step. */
    Optional<State> retry(UUID id);

    Counts counts();
}
