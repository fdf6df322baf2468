package dev.signalbox.server.delivery;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.LongStream;

/**
 * What happened in each of the last {@value #SECONDS} seconds on this node. A ring of counters; adding never locks.
 * Thread-safe: an event that races with the turn of its slot may be counted a second off, never twice.
 */
final class Rates {
    static final int SECONDS = 120;
    private static final int SLOTS = SECONDS + 2;

    private final AtomicLongArray seconds = new AtomicLongArray(SLOTS);
    private final AtomicLongArray counts = new AtomicLongArray(SLOTS);

    void add(Instant now, long n) {
        counts.addAndGet(slot(now.getEpochSecond()), n);
    }

    private int slot(long second) {
        int slot = Math.floorMod(second, SLOTS);
        long held = seconds.get(slot);
        if (held != second && seconds.compareAndSet(slot, held, second)) {
            counts.set(slot, 0);
        }
        return slot;
    }

    /** Oldest first; the last is the last whole second before {@code now}. */
    List<Long> perSecond(Instant now) {
        long end = now.getEpochSecond();
        return LongStream.range(end - SECONDS, end).map(this::count).boxed().toList();
    }

    private long count(long second) {
        int slot = Math.floorMod(second, SLOTS);
        return seconds.get(slot) == second ? counts.get(slot) : 0;
    }
}
