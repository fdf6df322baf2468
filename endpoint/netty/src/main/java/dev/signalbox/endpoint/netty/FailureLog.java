package dev.signalbox.endpoint.netty;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * Logs a failure that any client can cause again and again, such as that of an authenticator whose keys are away: with its stack trace
 * at most once a minute. Of the others, only the number is told. Thread-safe.
 */
final class FailureLog {
    private static final long PAUSE = TimeUnit.MINUTES.toNanos(1);

    private final Logger log;
    private final LongSupplier nanoTime;
    private final AtomicLong due;
    private final LongAdder untold = new LongAdder();

    FailureLog(Logger log, LongSupplier nanoTime) {
        this.log = log;
        this.nanoTime = nanoTime;
        this.due = new AtomicLong(nanoTime.getAsLong());
    }

    void error(String message, Throwable failure) {
        long now = nanoTime.getAsLong();
        long next = due.get();
        if (now - next < 0 || !due.compareAndSet(next, now + PAUSE)) {
            untold.increment();
            log.debug(message, failure);
            return;
        }
        long before = untold.sumThenReset();
        log.error(before == 0 ? message : message + "; " + before + " times more since this was logged last", failure);
    }
}
