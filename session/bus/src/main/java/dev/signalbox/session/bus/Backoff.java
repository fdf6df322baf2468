package dev.signalbox.session.bus;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Pauses that grow, with jitter, from 10 ms to 1 s, for so long in all. Not thread-safe. */
final class Backoff {
    private static final long FIRST = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long MOST = TimeUnit.SECONDS.toNanos(1);

    private final long began = System.nanoTime();
    private final long patience;
    private long pause = FIRST;

    Backoff(Duration patience) {
        this.patience = patience.toNanos();
    }

    /** Waits a while; false if the time is up or the thread was interrupted, which it stays. */
    boolean pause() {
        long left = patience - (System.nanoTime() - began);
        if (left <= 0) {
            return false;
        }
        try {
            TimeUnit.NANOSECONDS.sleep(
                    Math.min(left, ThreadLocalRandom.current().nextLong(pause / 2, pause)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        pause = Math.min(MOST, pause * 2);
        return true;
    }

    /** The next pause is the first again. */
    void reset() {
        pause = FIRST;
    }
}
