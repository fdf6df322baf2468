package dev.signalbox.router;

import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes UUIDs of version 7 (RFC 9562) that only grow within one node, also while the clock stands still or goes back.
 * Thread-safe.
 *
 * <p>They are names, not secrets: the random part is not cryptographic.
 */
public final class MessageId {
    /*
     * RFC 9562, 6.2, method 1: the 12 bits after the version are a counter. Time and counter are one number, so that the
     * next id is the greater of "one more than the last" and "now": a single compare-and-set. Beyond 4,096 ids in a
     * millisecond the counter runs over into the time, which then leads the clock a little until that catches up.
     */
    private static final int COUNTER_BITS = 12;

    private static final long COUNTER_MASK = (1L << COUNTER_BITS) - 1;
    private static final long VERSION_7 = 0x7000L;
    private static final long VARIANT = 0x8000_0000_0000_0000L;
    private static final MessageId NODE = new MessageId(InstantSource.system());

    private final InstantSource clock;
    private final AtomicLong last = new AtomicLong();

    MessageId(InstantSource clock) {
        this.clock = clock;
    }

    /** A new id, greater than all that this node made before. */
    public static UUID next() {
        return NODE.generate();
    }

    UUID generate() {
        long now = clock.millis() << COUNTER_BITS;
        // The function captures nothing, so that an id costs no more than itself.
        long ticket = last.accumulateAndGet(now, (previous, earliest) -> Math.max(previous + 1, earliest));
        long high = ((ticket >>> COUNTER_BITS) << 16) | VERSION_7 | (ticket & COUNTER_MASK);
        long low = (ThreadLocalRandom.current().nextLong() >>> 2) | VARIANT;
        return new UUID(high, low);
    }
}
