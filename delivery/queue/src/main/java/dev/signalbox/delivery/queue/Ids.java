package dev.signalbox.delivery.queue;

import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes UUIDs of version 7 (RFC 9562): 48 bits of milliseconds, then a counter of 12 bits that makes those of one process
 * ascend, as its method 3 describes, then random bits. Ascending ids fill the database's indexes from one end.
 */
final class Ids {
    private static final int COUNTER_BITS = 12;

    /** Milliseconds and counter of the last id; runs ahead of the clock when more than 4096 are made in one of them. */
    private static final AtomicLong LAST = new AtomicLong();

    private Ids() {}

    static UUID next() {
        long now = System.currentTimeMillis() << COUNTER_BITS;
        long mark = LAST.accumulateAndGet(now, (last, current) -> Math.max(last + 1, current));
        long millis = mark >>> COUNTER_BITS;
        long counter = mark & ((1 << COUNTER_BITS) - 1);
        long high = millis << 16 | 0x7000 | counter;
        long low = ThreadLocalRandom.current().nextLong() >>> 2 | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }
}
