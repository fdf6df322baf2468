package dev.signalbox.server.delivery;

import dev.signalbox.delivery.queue.DeliveryQueueException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does something with the queue again and again, on a thread of its own, whatever goes wrong in between. Thread-safe. */
final class QueueLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(QueueLoop.class);
    private static final Duration LAST = Duration.ofSeconds(10);

    private final String what;
    private final Duration poll;
    private final Supplier<Duration> step;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread;

    /** Whether the last step failed. Confined to the loop. */
    private boolean failing;

    /**
     * @param what is worked on, in a word for the thread and the log
     * @param poll how long to wait after a step that failed
     * @param step takes one step, and returns how long to wait after it
     */
    QueueLoop(String what, Duration poll, Supplier<Duration> step) {
        this.what = what;
        this.poll = poll;
        this.step = step;
        this.thread = Thread.ofVirtual().name("signalbox-" + what).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            Duration pause = Duration.ZERO;
            while (!stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                pause = guardedStep();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A failure of the database is told once for as long as it lasts. */
    private Duration guardedStep() {
        try {
            Duration pause = step.get();
            failing = false;
            return pause;
        } catch (DeliveryQueueException e) {
            if (!failing) {
                LOG.warn("the loop of {} failed; it is tried again every {} s", what, poll.toSeconds(), e);
            }
            failing = true;
            return poll;
        } catch (RuntimeException e) {
            LOG.error("the loop of {} failed; it goes on in {} s", what, poll.toSeconds(), e);
            return poll;
        }
    }

    /** Waits for a step under way, since the database is closed next. Idempotent. */
    @Override
    public void close() throws InterruptedException {
        stopped.countDown();
        if (thread.getState() != Thread.State.NEW) {
            thread.join(LAST);
        }
    }
}
