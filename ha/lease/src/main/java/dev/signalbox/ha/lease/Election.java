package dev.signalbox.ha.lease;

import java.time.Duration;
import java.util.Optional;

/** This node's part in the election of a leader. It stands for it until it is closed. Thread-safe. */
public interface Election extends AutoCloseable {
    String name();

    /** This node's name in the election, as others see it. */
    String owner();

    /** LEADER only while the lease is held, which is asked of the clocks each time. */
    default Role role() {
        return lease().isPresent() ? Role.LEADER : Role.STANDBY;
    }

    /** The lease of this node's term; empty if it does not lead now. */
    Optional<Lease> lease();

    /** The owner that leads, as seen last; empty if nobody is known to. */
    Optional<String> leader();

    /** Why the store could not be asked the last time; empty if it could. */
    Optional<String> problem();

    /**
     * Hands the lease over: calls {@link ElectionListener#resigning}, waits for it, releases the lease, and stands aside until it
     * has seen another node lead, which it looks for at each poll, or {@link LeaseOptions#standAside} is over. There is no way back
     * after that time: the leader stays.
     *
     * @param drain how long the listener may take; the lease is released then in any case
     * @return whether this node led and released the lease
     */
    boolean handOver(Duration drain) throws InterruptedException;

    /**
     * Hands the lease over as {@link #handOver} does, and does not stand again before {@link #standAgain}: for a node in maintenance. One
     * that does not lead only stops standing.
     *
     * @return whether this node led and released the lease
     */
    boolean standDown(Duration drain) throws InterruptedException;

    /** Stands again after {@link #standDown}; the one that leads by now stays. Without it there is nothing to do. */
    void standAgain();

    /** Gives up the lease if this node leads, and ends its threads; waits for a listener, but not longer than the lease lasts. */
    @Override
    void close();
}
