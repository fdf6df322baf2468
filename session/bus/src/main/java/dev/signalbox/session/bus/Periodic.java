package dev.signalbox.session.bus;

import dev.signalbox.session.bus.BusMonitor.Work;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does something every now and then, or at once when asked, on a thread of its own; after a failure, which is told, it is done again soon. */
final class Periodic {
    private static final Logger LOG = LoggerFactory.getLogger(Periodic.class);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
    private static final Duration END = Duration.ofSeconds(5);

    /** One time. */
    interface Step {
        void run() throws InterruptedException;
    }

    private final Work work;
    private final Supplier<Duration> every;
    private final Step step;
    private final BusMonitor monitor;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wake = lock.newCondition();
    private boolean due;
    /** Of the last time; only this thread uses it. */
    private boolean failed;

    private volatile boolean closed;

    Periodic(Work work, Supplier<Duration> every, Step step, BusMonitor monitor) {
        this.work = work;
        this.every = every;
        this.step = step;
        this.monitor = monitor;
        this.thread = Thread.ofVirtual()
                .name("signalbox-session-" + work.name().toLowerCase(Locale.ROOT))
                .unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    boolean isClosed() {
        return closed;
    }

    /** Does it soon. Returns at once. */
    void wake() {
        lock.lock();
        try {
            due = true;
            wake.signal();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            while (awaitDue()) {
                runOnce();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean awaitDue() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long nanos = every.get().toNanos();
            nanos = failed ? Math.min(nanos, AFTER_FAILURE.toNanos()) : nanos;
            while (!closed && !due && nanos > 0) {
                nanos = wake.awaitNanos(nanos);
            }
            due = false;
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    private void runOnce() throws InterruptedException {
        try {
            step.run();
            failed = false;
            monitor.worked(work);
        } catch (RuntimeException e) {
            failed = true;
            // Nobody else would do it any more, so not even a fault of the store ends this thread.
            monitor.failed(work, e);
        }
    }

    /** Waits for the step that is under way, so that it does not find the store closed; not for ever, since it may hang. */
    void close() {
        lock.lock();
        try {
            closed = true;
            wake.signal();
        } finally {
            lock.unlock();
        }
        if (!Thread.currentThread().equals(thread)) {
            awaitEnd();
        }
    }

    private void awaitEnd() {
        try {
            if (!thread.join(END)) {
                LOG.warn("{} did not end within {} when the session bus was closed", thread.getName(), END);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
