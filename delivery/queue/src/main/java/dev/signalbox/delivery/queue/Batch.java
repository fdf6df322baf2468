package dev.signalbox.delivery.queue;

import java.util.List;
import java.util.UUID;

/** A lease that this node holds, and its entries. Times are ticks of {@link Time}. */
final class Batch {
    /** Nothing was claimed. */
    static final Batch NONE = new Batch(new UUID(0, 0), List.of(), 0);

    private final UUID lease;
    private final List<Claimed> entries;
    private volatile long validUntil;
    private volatile boolean lost;

    /** Entries without an outcome on record. Only the completer touches it. */
    private int open;

    Batch(UUID lease, List<Claimed> entries, long validUntil) {
        this.lease = lease;
        this.entries = entries;
        this.validUntil = validUntil;
        this.open = entries.size();
    }

    UUID lease() {
        return lease;
    }

    List<Claimed> entries() {
        return entries;
    }

    long validUntil() {
        return validUntil;
    }

    void renewedUntil(long ticks) {
        validUntil = ticks;
    }

    /** Another node has taken it over; nothing of it may be begun any more. */
    void lose() {
        lost = true;
    }

    boolean isLost() {
        return lost;
    }

    boolean endsWith(int completed) {
        return open == completed;
    }

    void completed(int count) {
        open -= count;
    }

    boolean isDone() {
        return open == 0;
    }
}
