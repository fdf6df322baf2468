package dev.signalbox.ha.lease;

import java.time.Duration;

/**
 * One term of holding a lease. Once it is not held any more, it never is again: the next term is another lease with a greater
 * epoch. Thread-safe.
 *
 * <p>This is not mutual exclusion: between {@link #isHeld} and what is done after it, a process may be stopped for longer than the
 * lease lasts. What must not be done by a former holder has to be guarded where it is done, by the {@link #epoch}; see
 * {@link Fence}.
 */
public interface Lease {
    String name();

    /** The holder, as the store knows it. */
    String owner();

    /** The fencing token: each later holder of the name has a greater one. */
    long epoch();

    /**
     * Whether it may still be acted upon. Turns false at the latest a tenth of the time to live before the lease runs out in the
     * store, whatever hangs: it compares clocks and asks nobody.
     */
    boolean isHeld();

    /** For how long it is held if no renewal succeeds any more; zero if it is not held. */
    Duration remaining();

    /**
     * Does nothing while it is held.
     *
     * @throws LeaseLostException if it is not held any more
     */
    default void requireHeld() {
        if (!isHeld()) {
            throw new LeaseLostException(this);
        }
    }
}
