package dev.signalbox.session.bus;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Pauses that double, with jitter, from 10 ms to 1 s. For one thread, but ended by any. */
final class Backoff {
    private static final long FIRST = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long MOST = TimeUnit.SECONDS.toNanos(1);

    private final CountDownLatch ended = new CountDownLatch(1);
    private long pause = FIRST;

    void pause() throws InterruptedException {
        pauseUntil(System.nanoTime() + MOST);
    }

    /** Pauses, but not beyond the deadline; returns false if that has passed, or this was ended. */
    boolean pauseUntil(long deadlineNanos) throws InterruptedException {
        long left = deadlineNanos - System.nanoTime();
        if (left <= 0) {
            return false;
        }
        long jittered = ThreadLocalRandom.current().nextLong(pause / 2, pause);
        pause = Math.min(MOST, pause * 2);
        return !ended.await(Math.min(left, jittered), TimeUnit.NANOSECONDS);
    }

    /** The next pause is the first again. */
    void reset() {
        pause = FIRST;
    }

    /** The same if all went well for longer than the next pause would take: so no more than half of the time is spent in pauses. */
    void resetAfter(long goodNanos) {
        if (goodNanos > pause) {
            reset();
        }
    }

    /** Ends the pause at this moment, and all to come. */
    void end() {
        ended.countDown();
    }
}
