package dev.signalbox.delivery.queue;

import dev.signalbox.database.Database;
import dev.signalbox.database.Migration;
import java.sql.Connection;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/** The durable queue. Thread-safe. All failures of the database are thrown as {@link DeliveryQueueException}. */
public interface DeliveryQueue {

    /**
     * Opens the queue in a database, whose tables it brings up to date. All times are that database's.
     *
     * @throws DeliveryQueueException if that fails
     */
    static DeliveryQueue on(Database database) {
        return on(database, BodyProtection.NONE);
    }

    /** The same with bodies that are encrypted, or removed once they were sent. */
    static DeliveryQueue on(Database database, BodyProtection bodies) {
        return JdbcQueue.open(database, Time.of(database), bodies);
    }

    /** The same with a clock of one's own, which all nodes must share; for tests. */
    static DeliveryQueue on(Database database, InstantSource clock) {
        return on(database, clock, BodyProtection.NONE);
    }

    /** The same with a clock of one's own, and with bodies that are encrypted or removed; for tests. */
    static DeliveryQueue on(Database database, InstantSource clock, BodyProtection bodies) {
        return JdbcQueue.open(database, Time.of(clock), bodies);
    }

    /**
     * The history of the queue's tables in a database, with what opening it would still do. Changes nothing.
     *
     * @throws DeliveryQueueException if the database cannot be asked
     */
    static List<Migration> migrations(Database database) {
        return JdbcQueue.migrations(database);
    }

    /**
     * What became of a reach that was offered: it is in the queue, or an earlier one with its id or dedupe key stands in its
     * place.
     *
     * @param id of the reach that stands: the one offered, or the earlier one
     * @param duplicate whether an earlier one stands; nothing was enqueued then
     * @param differing the fields in which the earlier one is another message, as {@link Reach} names them; empty if it is
     *     the same. Times count as the same if they are equal or lie as far (give or take 5 s) from the time when the reach
     *     was offered, since a caller who says "in an hour" twice means a different moment each time
     */
    record Receipt(UUID id, boolean duplicate, List<String> differing) {
        public Receipt {
            differing = List.copyOf(differing);
        }

        public Receipt(UUID id, boolean duplicate) {
            this(id, duplicate, List.of());
        }

        /** Whether the id or dedupe key belongs to another message: what was offered is not in the queue. */
        public boolean conflict() {
            return !differing.isEmpty();
        }
    }

    /** One attempt or event in a reach's history. {@code remark} is empty where nobody intervened. */
    record Attempt(
            int attempt,
            int step,
            Channel channel,
            String address,
            MessageState state,
            String result,
            Optional<String> providerId,
            Optional<String> error,
            Instant at,
            long durationMillis,
            Remark remark) {}

    /** A reach as it stands, with its history, oldest first. */
    record Status(
            Reach reach,
            MessageState state,
            Instant acceptedAt,
            Optional<Instant> nextAttemptAt,
            List<Attempt> attempts) {}

    /**
     * A page of a list, newest first.
     *
     * @param next the cursor of the next page; empty at the end
     * @param searched how many were looked at, where the search stopped at its bound before it had found a page full. Then
     *     {@code next} is present, and the page may even be empty: going on from {@code next} goes on with the search
     */
    record Page(List<Status> items, Optional<String> next, OptionalInt searched) {}

    /** What an operator can do to a reach. */
    enum Action {
        /** Cancels what is not yet being sent. Becomes CANCELLED, or UNKNOWN if an earlier attempt may have been sent. */
        CANCEL,
        /** Gives what ended without being sent, or was parked, a new budget from its first step. */
        RETRY,
        /**
         * The same, and providers see a new idempotency key from now on: for one that answers a key that it knows with the
         * refusal of the first time. If it has sent the message under the old key after all, it sends it again.
         */
        RETRY_NEW_KEY,
        /** It has arrived. Becomes SENT. */
        RESOLVE_ARRIVED,
        /** It has not arrived. Goes on with its next step; after the last it is DEAD. */
        RESOLVE_NOT_ARRIVED,
        /** Sends it again from its first step, even if it arrives twice. */
        RESOLVE_RETRY,
        /**
         * Removes what has ended, with its history; its id and dedupe key are free then. One that ended since the oldest claim
         * still under way began stays for now.
         */
        DELETE;

        /** The states that a reach must be in for it. */
        public List<MessageState> states() {
            return switch (this) {
                case CANCEL -> List.of(MessageState.PENDING, MessageState.RETRY_WAIT);
                case RETRY, RETRY_NEW_KEY ->
                    List.of(
                            MessageState.DEAD,
                            MessageState.REJECTED,
                            MessageState.EXPIRED,
                            MessageState.CANCELLED,
                            MessageState.UNKNOWN);
                case RESOLVE_ARRIVED, RESOLVE_NOT_ARRIVED, RESOLVE_RETRY -> List.of(MessageState.UNKNOWN);
                case DELETE ->
                    List.of(
                            MessageState.SENT,
                            MessageState.DEAD,
                            MessageState.REJECTED,
                            MessageState.EXPIRED,
                            MessageState.CANCELLED);
            };
        }
    }

    /** The state of a reach after a call, and whether it was that call which changed it. */
    record Change(MessageState state, boolean changed) {}

    /**
     * What a change of many did.
     *
     * @param matched how many the filter found, up to its limit
     * @param changed how many of those were changed; the others were claimed or changed by another node or operator meanwhile
     * @param next where to go on, if there may be more
     */
    record BulkChange(int matched, int changed, Optional<String> next) {}

    /** Numbers of reaches by state; {@code exact} is false where waiting ones were counted only up to a bound. */
    record Counts(Map<MessageState, Long> byState, Map<Channel, Long> sentByChannel, boolean exact) {}

    /** Failures with one reason on one channel. */
    record ErrorCount(String reason, Channel channel, long count) {}

    /**
     * How the queue keeps up.
     *
     * @param oldestPending when the oldest of those that wait was accepted; where more than 2,000 are due, or wait for their
     *     time, of those whose turn comes first
     * @param oldestDue since when the one that waits longest for a dispatcher has been due
     * @param errors what attempts of the last hour failed of, most frequent first, at most 10; counted over the latest 5,000
     */
    record Overview(Optional<Instant> oldestPending, Optional<Instant> oldestDue, List<ErrorCount> errors) {}

    /**
     * Enqueues one reach.
     *
     * @throws ReachConflictException if its id or dedupe key belongs to another message
     */
    Receipt enqueue(Reach reach);

    /** Enqueues in the caller's transaction, which the caller commits; after a conflict it may still be. */
    Receipt enqueue(Connection transaction, Reach reach);

    /** Enqueues in one transaction; receipts are in the order given. Those in {@linkplain Receipt#conflict conflict} stay out. */
    List<Receipt> enqueueAll(List<Reach> reaches);

    List<Receipt> enqueueAll(Connection transaction, List<Reach> reaches);

    Optional<Status> find(UUID id);

    Page list(MessageFilter filter);

    /** Does something to one reach and puts it into its history. Empty if there is none with this id. */
    Optional<Change> change(UUID id, Action action, Remark remark);

    /**
     * Gives a message that waits another time or priority, and puts that into its history. What it has spent of its attempts and
     * of its step's time stays. Empty if there is none with this id.
     *
     * @throws IllegalArgumentException if the time is not before the message's expiry
     */
    Optional<Change> reschedule(UUID id, Schedule schedule, Remark remark);

    /**
     * Does something to all that a filter finds, newest first, in transactions of 100 each. The filter must name the one state
     * that is meant; where the action resolves, that is UNKNOWN and may be left out. Its limit, 1 to 10,000, says how many.
     *
     * @param dryRun only counts what would be tried
     * @throws IllegalArgumentException if the filter names no state, or one that the action does not fit
     */
    BulkChange changeAll(MessageFilter filter, Action action, Remark remark, boolean dryRun);

    /** Counts what a filter finds, up to its limit, 1 to 10,000; changes nothing. */
    BulkChange count(MessageFilter filter);

    /** {@link Action#CANCEL}. Returns the state after the call: of the cancelled message, or the one that prevented it. */
    default Optional<MessageState> cancel(UUID id) {
        return change(id, Action.CANCEL, Remark.NONE).map(Change::state);
    }

    /** Gives a reach that ended without being sent, or was parked, a new budget from its first step. */
    default Optional<MessageState> retry(UUID id) {
        return change(id, Action.RETRY, Remark.NONE).map(Change::state);
    }

    Counts counts();

    Overview overview();

    /** Holds channels back on all nodes. */
    FlowControl flow();
}
