package dev.signalbox.router;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs things when their time has come. Thread-safe. Its size is bounded by its users, who each bound what they have
 * pending and cancel what is done.
 *
 * <p>The timer's thread runs no code of others, such as listeners and what depends on a future: see {@link #elsewhere}. It is
 * a platform thread, so that handlers which keep all carriers of virtual threads busy cannot stop it.
 */
final class Deadlines implements AutoCloseable {
    /*
     * The clock is injected and may jump, so the time until the next deadline is only a guess: the thread sleeps for that
     * long, but never longer than NAP. While nothing waits, it is parked. Requests come and go much faster than they expire: one
     * that begins to wait while the thread sleeps for NAP at most leaves it asleep, unless it may expire before that.
     */
    private static final Duration NAP = Duration.ofMillis(250);

    private static final Logger LOG = LoggerFactory.getLogger(Deadlines.class);

    /** Something to come; cancelling twice is harmless. */
    record Timer(Deadlines owner, Key key) {
        void cancel() {
            owner.timers.remove(key);
        }
    }

    private record Key(Instant at, long sequence) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int byTime = at.compareTo(other.at);
            return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
        }
    }

    private final InstantSource clock;
    private final ConcurrentSkipListMap<Key, Runnable> timers = new ConcurrentSkipListMap<>();
    private final AtomicLong sequence = new AtomicLong();
    private final Thread thread;
    /** Whether the thread sleeps until it is woken; otherwise it looks again after {@link #NAP} at most. */
    private volatile boolean parked;

    private volatile boolean closed;

    Deadlines(InstantSource clock) {
        this.clock = clock;
        this.thread = Thread.ofPlatform().daemon().name("router-deadlines").start(this::tick);
    }

    /** Runs {@code action}, which must be quick, on the timer's thread once the clock has reached {@code at}. */
    Timer at(Instant at, Runnable action) {
        Key key = new Key(at, sequence.getAndIncrement());
        timers.put(key, action);
        if (parked || isNext(key)) {
            // If the thread is not asleep, its next sleep ends at once.
            LockSupport.unpark(thread);
        }
        return new Timer(this, key);
    }

    /** Whether it comes before all others, and maybe before the thread looks again: waking it costs a system call. */
    private boolean isNext(Key key) {
        return timers.lowerKey(key) == null
                && Duration.between(clock.instant(), key.at()).compareTo(NAP) < 0;
    }

    /** Runs what may call code of others: at once, or on a thread of its own if this is the timer's thread. */
    void elsewhere(Runnable work) {
        if (Thread.currentThread().equals(thread)) {
            Thread.ofVirtual().name("router-expired").start(work);
        } else {
            work.run();
        }
    }

    private void tick() {
        while (!closed) {
            runOnce(clock.instant());
            await();
        }
    }

    private void await() {
        Map.Entry<Key, Runnable> first = timers.firstEntry();
        if (first == null) {
            parkUntilThereIsOne();
        } else {
            Duration left = Duration.between(clock.instant(), first.getKey().at());
            LockSupport.parkNanos(this, left.compareTo(NAP) < 0 ? left.toNanos() : NAP.toNanos());
        }
    }

    /** Race: one may come just now. Either it is seen here, or who adds it sees that the thread is parked, or about to be. */
    private void parkUntilThereIsOne() {
        parked = true;
        if (timers.isEmpty() && !closed) {
            LockSupport.park(this);
        }
        parked = false;
    }

    private void runOnce(Instant now) {
        Map.Entry<Key, Runnable> first = timers.firstEntry();
        while (first != null && !first.getKey().at().isAfter(now)) {
            if (timers.remove(first.getKey(), first.getValue())) {
                run(first.getValue());
            }
            first = timers.firstEntry();
        }
    }

    private static void run(Runnable action) {
        try {
            action.run();
        } catch (Throwable e) {
            LOG.error("running an expired deadline's task failed; the other deadlines are not affected", e);
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
    }
}
