package dev.signalbox.delivery.queue;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Messages that recur, in a queue's database. Any number of nodes may {@link #enqueueDue}: each time of a message is enqueued once,
 * since its dedupe key is made of the name and the time. Times that passed while no node ran are made up for once. Thread-safe. All
 * failures of the database are thrown as {@link DeliveryQueueException}.
 */
public interface RecurringMessages {
    /** The most that there may be. */
    int MOST = 1_000;

    /**
     * Those of a queue.
     *
     * @param queue one that {@link DeliveryQueue#on} opened
     */
    static RecurringMessages of(DeliveryQueue queue) {
        if (!(queue instanceof JdbcQueue jdbc)) {
            throw new IllegalArgumentException("recurring messages need a queue that DeliveryQueue.on opened");
        }
        return new JdbcRecurring(jdbc);
    }

    /**
     * Adds one, or replaces the one with this name. It comes first at the first time from now on.
     *
     * @throws IllegalArgumentException if the name or the message is not valid, or there are {@link #MOST} others
     */
    RecurringMessage put(String name, CronSchedule schedule, ZoneId zone, String message);

    /** In alphabetical order. */
    List<RecurringMessage> list();

    Optional<RecurringMessage> find(String name);

    /** Removes one; false if there is none with this name. What it has enqueued stays. */
    boolean remove(String name);

    /** When the first of them comes. */
    Optional<Instant> next();

    /**
     * Enqueues those whose time has come; returns how many turns this call took, at most 100, those that it left out included.
     *
     * @param reader makes the message, outside of any transaction, and may be asked on several nodes for one time. What it throws is
     *     kept as the problem, and the time is left out; but a failure of the database ends the call, and all stay due. Its dedupe
     *     key is replaced
     */
    int enqueueDue(Function<RecurringMessage, Reach> reader);
}
