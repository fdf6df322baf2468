package dev.signalbox.observatory;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The buffer of one destination.
 *
 * <p>Callers touch the queue and the counters, all without locks. What is on its way, {@link #inFlight}, belongs to the
 * thread that holds {@link #lock}: the one turn that ships, or the one turn that spools.
 *
 * <p>A caller and the eviction of an idle lane must not miss one another: callers count themselves in, and the eviction
 * makes that count negative, which only succeeds while no caller is in.
 */
final class Lane {
    private static final int EVICTED = Integer.MIN_VALUE / 2;

    final Destination destination;
    final boolean byDefault;
    final @Nullable LaneSpool spool;
    final AtomicBoolean active = new AtomicBoolean();
    final AtomicBoolean hurried = new AtomicBoolean();
    final AtomicLong bytes = new AtomicLong();
    /** Records that came in, and those of them that are done with: shipped, dead letters or dropped. */
    final AtomicLong taken = new AtomicLong();

    final AtomicLong settled = new AtomicLong();
    /** Held over access to {@link #inFlight}, {@link #unspooled} and the disk, never over a request; callers never take it. */
    final ReentrantLock lock = new ReentrantLock();

    final Deque<Batch> inFlight = new ArrayDeque<>(2);
    final Deque<Batch> unspooled = new ArrayDeque<>(0);
    /** Whether there is something in the two. */
    volatile boolean backlog;

    volatile boolean shipping;
    volatile long shippingSince;
    /** Failures in a row, and whether the destination ever took something: one that did not may be dead. */
    volatile int failures;

    volatile boolean proven;
    volatile long notBefore;
    /** Since when the destination refuses the credentials; 0 while it does not. */
    volatile long unauthorizedSince;
    /** Failures in a row to write dead letters. Of the turn that ships. */
    int deadLetterFailures;

    volatile boolean spoolUnreadable;
    volatile long readNotBefore;
    volatile boolean spooling;
    volatile boolean spoolBroken;
    volatile long spoolNotBefore;
    volatile long spooledAt;
    /** Whether the scheduler looks at the lane. This and the next two are for its thread only. */
    boolean watched;
    /** Whether the lane waits for another one's request to end. */
    boolean waiting;
    /** When something came into it that was empty, or was shipped last. */
    long since;

    volatile long lastUsed;

    private final Queue<LogRecord> queue = new ConcurrentLinkedQueue<>();
    private final AtomicInteger queued = new AtomicInteger();
    private final AtomicInteger callers = new AtomicInteger();
    private final AtomicReference<@Nullable Map<DropReason, AtomicInteger>> unreported = new AtomicReference<>();

    Lane(Destination destination, boolean byDefault, @Nullable LaneSpool spool) {
        this.destination = destination;
        this.byDefault = byDefault;
        this.spool = spool;
    }

    /** Counts a caller in. False if the lane is evicted, and another one is to be asked for. */
    boolean enter() {
        if (callers.incrementAndGet() > 0) {
            return true;
        }
        callers.decrementAndGet();
        return false;
    }

    void leave() {
        callers.decrementAndGet();
    }

    boolean hasCallers() {
        return callers.get() > 0;
    }

    /** Takes it out of use. Whether that succeeded: nothing is in it and nobody will put anything into it any more. */
    boolean evict() {
        if (!isIdle() || !callers.compareAndSet(0, EVICTED)) {
            return false;
        }
        if (isIdle()) {
            return true;
        }
        callers.addAndGet(-EVICTED);
        return false;
    }

    private boolean isIdle() {
        return pending() == 0 && !active.get();
    }

    /**
     * Leaves the scheduler's sight. A caller that comes at this moment may still have seen it there and rely on it: then it stays.
     * Whether it left.
     */
    boolean rest() {
        active.set(false);
        return pending() == 0 || !active.compareAndSet(false, true);
    }

    long pending() {
        return taken.get() - settled.get();
    }

    /** Queues a record. The answer is how many wait now, this one included. */
    int add(LogRecord record) {
        int count = queued.incrementAndGet();
        queue.add(record);
        return count;
    }

    @Nullable
    LogRecord poll() {
        var record = queue.poll();
        if (record != null) {
            queued.decrementAndGet();
        }
        return record;
    }

    int queued() {
        return queued.get();
    }

    /** As many records as fit a batch; null if there is none. */
    @Nullable
    Batch drain(ObservatoryOptions.Batching limits, String id) {
        List<LogRecord> records = new ArrayList<>(Math.min(limits.records(), Math.max(1, queued())));
        int weight = 0;
        while (records.size() < limits.records() && weight < limits.bytes()) {
            var record = poll();
            if (record == null) {
                break;
            }
            weight += record.weight();
            records.add(record);
        }
        return records.isEmpty() ? null : Batch.of(id, records, weight);
    }

    /** Counts what the destination is to be told of once it listens. Few lanes ever need the counters. */
    void unreported(DropReason reason, int records) {
        var counts = unreported.get();
        if (counts == null) {
            unreported.compareAndSet(null, counters());
            counts = Objects.requireNonNull(unreported.get());
        }
        Objects.requireNonNull(counts.get(reason)).addAndGet(records);
    }

    private static Map<DropReason, AtomicInteger> counters() {
        return Stream.of(DropReason.values())
                .collect(Collectors.toUnmodifiableMap(reason -> reason, reason -> new AtomicInteger()));
    }

    /** The counts by reason since they were taken last. */
    Map<DropReason, Integer> takeUnreported() {
        var counts = unreported.get();
        if (counts == null) {
            return Map.of();
        }
        var taken = new EnumMap<DropReason, Integer>(DropReason.class);
        counts.forEach((reason, count) -> taken.put(reason, count.getAndSet(0)));
        taken.values().removeIf(count -> count == 0);
        return taken;
    }

    void unlock() {
        backlog = !inFlight.isEmpty() || !unspooled.isEmpty();
        lock.unlock();
    }

    boolean hasSpooled() {
        return spool != null && spool.unsettled() > 0;
    }
}
