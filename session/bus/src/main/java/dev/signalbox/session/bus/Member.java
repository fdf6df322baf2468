package dev.signalbox.session.bus;

import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * One of those that share the work on a session: each event goes to one member of a group, under a lease. What it has not
 * acknowledged when the lease ends, because it crashed for instance, another gets. The group's position and its unfinished
 * events are in the store and outlive everyone. Thread-safe.
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

    /** Gives back what it took and did not acknowledge. Idempotent. */
    @Override
    void close();
}
