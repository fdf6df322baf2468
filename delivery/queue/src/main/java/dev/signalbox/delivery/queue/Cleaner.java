package dev.signalbox.delivery.queue;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes messages whose retention is over: walks the messages in the order of their ids, oldest first, one bounded bite at a
 * time, each a transaction of its own, on a thread and connection of its own; so it holds up neither claims nor renewals. Ids
 * ascend with time (those that callers choose need not, and only make a walk longer), so a walk ends where messages are younger
 * than any retention. Several nodes may walk at once: of two that remove one message, one does. Confined to one thread.
 */
final class Cleaner {
    static final int BITE = 500;
    static final Duration PAUSE = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger(Cleaner.class);

    /** Between two bites, so that a disk that is busy is left time. */
    private static final Duration REST = Duration.ofMillis(20);

    private final Database database;
    private final Time time;
    private final Retention retention;
    private final Removal removal;
    private final GuardedListener listener;
    private final WakeUp wakeUp = new WakeUp();
    private @Nullable UUID cursor;
    private long removed;
    private boolean failing;

    Cleaner(JdbcQueue queue, Retention retention, GuardedListener listener) {
        this.database = queue.database();
        this.time = queue.time();
        this.retention = retention;
        this.removal = new Removal(queue.rows(), retention);
        this.listener = listener;
    }

    void wake() {
        wakeUp.signal();
    }

    /** The loop of the continuous mode. */
    void run(Control control) throws InterruptedException {
        while (!control.isStopped()) {
            wakeUp.await(step() ? REST : PAUSE);
        }
    }

    /** Takes one bite; returns whether there is more to walk now. */
    boolean step() {
        if (retention.isForEver()) {
            return false;
        }
        try {
            long now = time.now();
            Optional<UUID> from = Optional.ofNullable(cursor);
            Removal.Bite bite = database.transact(connection -> removal.bite(connection, from, now, BITE));
            failing = false;
            took(bite);
            return cursor != null;
        } catch (DatabaseException e) {
            failed(e);
            return false;
        }
    }

    /** Logged once per outage. A missing privilege on one table shows up nowhere else: claims and completions still succeed. */
    private void failed(DatabaseException failure) {
        if (!failing) {
            LOG.warn(
                    "messages whose retention is over were not removed, next try in {} s: {}",
                    PAUSE.toSeconds(),
                    failure.getMessage(),
                    failure);
            listener.failed(failure);
        }
        failing = true;
    }

    private void took(Removal.Bite bite) {
        cursor = bite.next().orElse(null);
        if (bite.removed() > 0) {
            removed += bite.removed();
            listener.removed(bite.removed());
        }
        if (cursor == null && removed > 0) {
            LOG.info("removed {} messages whose retention was over", removed);
            removed = 0;
        }
    }
}
