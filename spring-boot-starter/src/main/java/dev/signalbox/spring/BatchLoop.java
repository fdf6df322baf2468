package dev.signalbox.spring;

import dev.signalbox.delivery.queue.DeliveryQueueException;
import dev.signalbox.delivery.queue.MessageBatches;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Tells of completed batches while the application runs, and removes those that are old, on a thread of its own. Every application
 * that sends does so; what one does not come to, because it stops, another does, or this one after its next start. Thread-safe.
 */
final class BatchLoop implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(BatchLoop.class);

    /** How late the message may come that tells of a completed batch. */
    private static final Duration POLL = Duration.ofSeconds(1);

    private static final Duration REMOVAL = Duration.ofMinutes(10);
    private static final Duration LAST = Duration.ofSeconds(10);
    private static final int PORTION = 100;

    private final MessageBatches batches;
    private final Optional<Duration> kept;
    private final InstantSource clock;
    private @Nullable Run run;

    /**
     * @param kept how long completed ones are kept; empty means for ever
     * @param clock the database's
     */
    BatchLoop(MessageBatches batches, Optional<Duration> kept, InstantSource clock) {
        this.batches = batches;
        this.kept = kept;
        this.clock = clock;
    }

    @Override
    public synchronized void start() {
        if (run == null) {
            run = new Run();
        }
    }

    @Override
    public synchronized void stop() {
        if (run != null) {
            run.end();
            run = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return run != null;
    }

    /** As long as the dispatcher. */
    @Override
    public int getPhase() {
        return DispatcherLifecycle.PHASE;
    }

    /** From a start to a stop. */
    private final class Run {
        private final CountDownLatch stopped = new CountDownLatch(1);

        /** Whether the last step failed. Confined to the thread. */
        private boolean failing;

        /** Confined to the thread. */
        private Instant nextRemoval = Instant.MIN;

        /** The last of the fields: it starts when all the others have their values. */
        private final Thread thread =
                Thread.ofVirtual().name("signalbox-batches").start(this::loop);

        private void loop() {
            try {
                boolean more = step();
                while (!stopped.await(more ? 0 : POLL.toMillis(), TimeUnit.MILLISECONDS)) {
                    more = step();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /** Returns whether there may be more to do at once. A failure is told once for as long as it lasts. */
        private boolean step() {
            try {
                boolean more = batches.tell(PORTION) == PORTION;
                kept.ifPresent(this::remove);
                failing = false;
                return more;
            } catch (DeliveryQueueException e) {
                if (!failing) {
                    LOG.warn("batches could not be told of or removed; it is tried again every {}", POLL, e);
                }
                failing = true;
                return false;
            } catch (RuntimeException e) {
                LOG.error("telling of batches failed; it is tried again in {}", POLL, e);
                return false;
            }
        }

        private void remove(Duration age) {
            Instant now = clock.instant();
            if (now.isBefore(nextRemoval)) {
                return;
            }
            if (batches.removeCompletedBefore(now.minus(age), PORTION) < PORTION) {
                nextRemoval = now.plus(REMOVAL);
            }
        }

        /** Waits for a step under way, since the database is closed next. */
        private void end() {
            stopped.countDown();
            try {
                if (!thread.join(LAST)) {
                    LOG.warn("telling of batches did not end within {}", LAST);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
