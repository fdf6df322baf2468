package dev.signalbox.ha.lease;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** Two clocks that stand still until a test moves them. */
final class TestClocks {
    private final AtomicLong nanos = new AtomicLong(5);
    private final AtomicLong wallNanos = new AtomicLong();

    Clocks clocks() {
        return new Clocks(nanos::get, () -> Instant.EPOCH.plusNanos(wallNanos.get()));
    }

    void advance(Duration by) {
        advanceMonotonic(by);
        advanceWall(by);
    }

    void advanceMonotonic(Duration by) {
        nanos.addAndGet(by.toNanos());
    }

    void advanceWall(Duration by) {
        wallNanos.addAndGet(by.toNanos());
    }
}
