package dev.signalbox.delivery.queue;

import org.jspecify.annotations.Nullable;

/** An attempt on its way. Its verdict is given once. Thread-safe. */
final class Flight {
    private final HeldLease lease;
    private final Claimed claimed;

    /** The thread that runs it; null where the caller's does. */
    @Nullable
    volatile Thread thread;

    private volatile long startedAt;
    private volatile long overdueAt = Long.MAX_VALUE;
    private volatile boolean asked;
    private volatile boolean denied;
    private boolean decided;
    private boolean ended;
    private boolean abandoned;

    Flight(HeldLease lease, Claimed claimed) {
        this.lease = lease;
        this.claimed = claimed;
    }

    HeldLease lease() {
        return lease;
    }

    Claimed claimed() {
        return claimed;
    }

    /**
     * The sender gets it now.
     *
     * @param now the time as {@link Micros}
     * @param overdue the time in ticks when the sender should have answered
     */
    void begin(long now, long overdue) {
        startedAt = now;
        overdueAt = overdue;
    }

    /** When the sender got it, as {@link Micros}. */
    long startedAt() {
        return startedAt;
    }

    boolean isOverdue(long ticks) {
        return ticks > overdueAt;
    }

    /** The sender asks whether it may begin. */
    void ask() {
        asked = true;
    }

    /** Whether it did. If not, it has made no request. */
    boolean hasAsked() {
        return asked;
    }

    /** The sender asked whether it may begin, and was told no. */
    void deny() {
        denied = true;
    }

    boolean isDenied() {
        return denied;
    }

    /** Whether the caller is the first to give a verdict. */
    synchronized boolean decide() {
        boolean first = !decided;
        decided = true;
        return first;
    }

    /** Gives a verdict in the place of a sender that does not answer; false if there is one already. */
    synchronized boolean abandon() {
        if (decided || ended) {
            return false;
        }
        decided = true;
        abandoned = true;
        return true;
    }

    /** Its thread has ended. Returns whether it had been abandoned. */
    synchronized boolean end() {
        ended = true;
        return abandoned;
    }

    void interrupt() {
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
    }
}
