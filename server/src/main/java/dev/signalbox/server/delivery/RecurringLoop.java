package dev.signalbox.server.delivery;

import dev.signalbox.delivery.queue.DeliveryQueueException;
import dev.signalbox.delivery.queue.RecurringMessages;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Enqueues recurring messages when their time comes, on a thread of its own. Thread-safe. */
final class RecurringLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RecurringLoop.class);

    /** How late one may come that another node has added. */
    private static final Duration POLL = Duration.ofSeconds(5);

    private static final Duration LEAST = Duration.ofMillis(10);
    private static final Duration LAST = Duration.ofSeconds(10);

    private final RecurringMessages recurring;
    private final RecurringReader reader;
    private final InstantSource clock;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread = Thread.ofVirtual().name("signalbox-recurring").unstarted(this::run);

    /** Whether the last look failed. Confined to the loop. */
    private boolean failing;

    /** @param clock the database's */
    RecurringLoop(RecurringMessages recurring, RecurringReader reader, InstantSource clock) {
        this.recurring = recurring;
        this.reader = reader;
        this.clock = clock;
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            Duration pause = Duration.ZERO;
            while (!stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                pause = step();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Enqueues what is due; returns how long to wait. A failure is told once for as long as it lasts. */
    private Duration step() {
        try {
            Optional<Instant> next = recurring.next();
            Instant now = clock.instant();
            if (next.isPresent() && !next.get().isAfter(now)) {
                recurring.enqueueDue(reader::read);
                return LEAST;
            }
            failing = false;
            return next.map(time -> Duration.between(now, time).plus(LEAST))
                    .filter(wait -> wait.compareTo(POLL) < 0)
                    .orElse(POLL);
        } catch (DeliveryQueueException e) {
            if (!failing) {
                LOG.warn("recurring messages could not be enqueued; it is tried again every {} s", POLL.toSeconds(), e);
            }
            failing = true;
            return POLL;
        } catch (RuntimeException e) {
            LOG.error("the loop of recurring messages failed; it goes on in {} s", POLL.toSeconds(), e);
            return POLL;
        }
    }

    /** Waits for a look under way, since the database is closed next. Idempotent. */
    @Override
    public void close() throws InterruptedException {
        stopped.countDown();
        if (thread.getState() != Thread.State.NEW) {
            thread.join(LAST);
        }
    }
}
