package dev.signalbox.delivery.queue;

import java.util.List;
import java.util.UUID;

/** A lease that this node holds, and its entries. Times are ticks of {@link Time}. */
final class HeldLease {
    /** Nothing was claimed. */
    static final HeldLease NONE = new HeldLease(new UUID(0, 0), List.of(), 0);

    private final UUID id;
    private final List<Claimed> entries;
    private volatile long validUntil;
    private volatile boolean lost;

    /** Entries without an outcome on record. Only the completer touches it. */
    private int open;

    HeldLease(UUID id, List<Claimed> entries, long validUntil) {
        this.id = id;
        this.entries = entries;
        this.validUntil = validUntil;
        this.open = entries.size();
    }

    UUID id() {
        return id;
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
