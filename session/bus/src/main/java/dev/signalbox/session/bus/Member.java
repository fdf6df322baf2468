package dev.signalbox.session.bus;

import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * One of those that share the work on a session: each event goes to one member of a group, under a lease. What it has not
 * acknowledged when the lease ends, because it crashed for instance, another gets. The group's position, unfinished events and dead
 * letters are in the store and outlive everyone. Thread-safe.
 */
public interface Member<T> extends AutoCloseable {
    String session();

    String group();

    /**
     * Takes events, oldest first; events that came back are handed out before fresh ones. Waits until there is one.
     *
     * @param most 1 to 1,000
     * @return empty if there was none for so long
     * @throws SessionUnavailableException if the store cannot be reached
     * @throws SessionClosedException if the member or the bus is closed, also while waiting
     */
    List<Claimed<T>> take(int most, Duration within) throws InterruptedException;

    /**
     * Acknowledges several at once.
     *
     * @return those that were refused, as {@link Claimed#acknowledge} tells it
     */
    List<Claimed<T>> acknowledge(Collection<Claimed<T>> done);

    /**
     * The events that the group gave up on, the oldest first: those that were rejected, or used up {@link GroupOptions#maxAttempts}.
     * They count among the 10,000 unfinished events that a group may have.
     */
    List<DeadLetter> deadLetters();

    /** Has a dead letter handed out again, from its first attempt; false if it is none any more. */
    boolean retry(DeadLetter letter);

    /** Removes a dead letter; false if it is none any more. */
    boolean discard(DeadLetter letter);

    /** Gives back what it took and did not acknowledge. Idempotent. */
    @Override
    void close();
}
