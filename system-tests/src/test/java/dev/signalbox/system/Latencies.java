package dev.signalbox.system;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** How long requests took, in steps of 10 µs, up to 1 s; longer ones count as 1 s. Thread-safe. */
final class Latencies {
    private static final long STEP = TimeUnit.MICROSECONDS.toNanos(10);
    private static final int STEPS = 100_000;

    private final long begun = System.nanoTime();
    private final AtomicLongArray counts = new AtomicLongArray(STEPS);
    private final AtomicLong all = new AtomicLong();

    void add(long nanos) {
        counts.incrementAndGet((int) Math.min(STEPS - 1, nanos / STEP));
        all.incrementAndGet();
    }

    /** In milliseconds: what that part of the requests, 0 to 1, took at the most. */
    private double quantile(double part) {
        long left = (long) Math.ceil(part * all.get());
        int step = 0;
        while (step < STEPS - 1 && (left -= counts.get(step)) > 0) {
            step++;
        }
        return (step + 1) * STEP / 1e6;
    }

    @Override
    public String toString() {
        double seconds = (System.nanoTime() - begun) / 1e9;
        return String.format(
                Locale.ROOT,
                "%d requests in %.1f s, %.0f/s, p50 %.2f ms, p99 %.2f ms",
                all.get(),
                seconds,
                all.get() / seconds,
                quantile(0.5),
                quantile(0.99));
    }
}
