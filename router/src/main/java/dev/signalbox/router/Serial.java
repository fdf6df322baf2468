package dev.signalbox.router;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs one piece of work again for each time it is asked to, never twice at a time: whoever asks while it runs returns at once,
 * and it then runs once more. So it needs no lock that its callers could meet, and may ask for itself. Thread-safe.
 */
final class Serial {
    private final Runnable work;
    private final AtomicInteger asked = new AtomicInteger();

    Serial(Runnable work) {
        this.work = work;
    }

    void run() {
        if (asked.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            once();
            seen = asked.addAndGet(-seen);
        } while (seen != 0);
    }

    private void once() {
        try {
            work.run();
        } catch (Throwable e) {
            // Otherwise nobody could run it any more.
            asked.set(0);
            throw e;
        }
    }
}
