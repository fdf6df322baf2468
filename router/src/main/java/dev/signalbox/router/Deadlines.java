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
 */
final class Deadlines implements AutoCloseable {
    /*
     * The clock is injected and may jump, so nobody can say how long to sleep: while something waits, one thread looks
     * every TICK; while nothing does, it is parked.
     */
    private static final Duration TICK = Duration.ofMillis(20);

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
    private final Thread ticker;
    private volatile boolean parked;
    private volatile boolean closed;

    Deadlines(InstantSource clock) {
        this.clock = clock;
        this.ticker = Thread.ofVirtual().name("router-deadlines").start(this::tick);
    }

    /** Runs {@code action}, which must be quick, on the ticker's thread once the clock has reached {@code at}. */
    Timer at(Instant at, Runnable action) {
        Key key = new Key(at, sequence.getAndIncrement());
        timers.put(key, action);
        if (parked) {
            LockSupport.unpark(ticker);
        }
        return new Timer(this, key);
    }

    private void tick() {
        while (!closed) {
            runOnce(clock.instant());
            await();
        }
    }

    private void await() {
        parked = true;
        // Looked at after "parked" is set: an action added before that is seen here, one added later unparks.
        if (timers.isEmpty()) {
            LockSupport.park(this);
        } else {
            LockSupport.parkNanos(this, TICK.toNanos());
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
        } catch (RuntimeException e) {
            LOG.error("running an expired deadline's task failed; the other deadlines are not affected", e);
        }
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(ticker);
    }
}
