package dev.signalbox.server.node;

import dev.signalbox.database.DatabaseException;
import dev.signalbox.delivery.queue.DeliveryQueueException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what is too old from the database, in small portions with a short rest between them, when the node starts and then
 * every ten minutes, on a thread of its own. Whatever fails is told in the log and tried again. Thread-safe.
 */
final class PeriodicRemoval implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PeriodicRemoval.class);
    private static final Duration PAUSE = Duration.ofMinutes(10);
    private static final Duration REST = Duration.ofMillis(20);
    private static final Duration LAST = Duration.ofSeconds(10);

    private final String what;
    private final BooleanSupplier portion;
    private final Duration pause;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    /** Whether the last portion failed because of the database. Confined to the thread. */
    private boolean failing;

    /** @param portion removes one, and says whether there may be more */
    PeriodicRemoval(String what, BooleanSupplier portion) {
        this(what, portion, PAUSE);
    }

    PeriodicRemoval(String what, BooleanSupplier portion, Duration pause) {
        this.what = what;
        this.portion = portion;
        this.pause = pause;
        thread = Thread.ofVirtual().name("removal of " + what).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            boolean more = step();
            while (!closed.await((more ? REST : pause).toMillis(), TimeUnit.MILLISECONDS)) {
                more = step();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean step() {
        try {
            boolean more = portion.getAsBoolean();
            failing = false;
            return more;
        } catch (DatabaseException | DeliveryQueueException e) {
            failed(e);
            return false;
        } catch (RuntimeException e) {
            LOG.error("removing {} that are too old failed; it is tried again every {} s", what, pause.toSeconds(), e);
            return false;
        }
    }

    /** A failure of the database is told once for as long as it lasts. */
    private void failed(RuntimeException failure) {
        if (!failing) {
            LOG.warn(
                    "{} that are too old were not removed; it is tried again every {} s",
                    what,
                    pause.toSeconds(),
                    failure);
        }
        failing = true;
    }

    /** Waits for a portion under way, since the database is closed next. */
    @Override
    public void close() throws InterruptedException {
        closed.countDown();
        thread.join(LAST);
    }
}
