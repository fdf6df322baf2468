package dev.signalbox.delivery.digest;

import dev.signalbox.database.Database;
import dev.signalbox.database.Migration;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.Step;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Windows in which messages to one recipient are gathered, for all nodes that share a database. The first message opens one and
 * puts a message into the queue that closes it when its time is over; both in one transaction, so a crash leaves no window that
 * nobody closes. Closing makes one message of all and enqueues it, in one transaction, too: each gathered message is in exactly
 * one digest. Thread-safe. Failures of the database are thrown as {@link dev.signalbox.database.DatabaseException} or {@link
 * dev.signalbox.delivery.queue.DeliveryQueueException}.
 */
public interface Digests {
    /** How long a message that is gathered again is recognised. */
    Duration REPEATS = Duration.ofDays(8);

    /** The most that {@link #removeExpired} removes at a time. */
    int PORTION = 1_000;

    /**
     * Opens them in a database, whose tables it brings up to date. All times are that database's.
     *
     * @param queue in the same database
     */
    static Digests on(Database database, DeliveryQueue queue, DigestOptions options, DigestComposer composer) {
        return JdbcDigests.open(database, queue, options, composer, database.clock());
    }

    /** The same with a clock of one's own; for tests. */
    static Digests on(
            Database database,
            DeliveryQueue queue,
            DigestOptions options,
            DigestComposer composer,
            InstantSource clock) {
        return JdbcDigests.open(database, queue, options, composer, clock);
    }

    /** The history of the tables, with what opening would still do. Changes nothing. */
    static List<Migration> migrations(Database database) {
        return JdbcDigests.migrations(database);
    }

    /** Brings the tables up to date, as opening does. */
    static void migrate(Database database) {
        JdbcDigests.migrate(database);
    }

    /**
     * Gathers a message, in the open window of its recipient and topic, or a new one. A window that is full is closed at once. A
     * message that was gathered before changes nothing.
     *
     * @return the window: the id of the message in the queue that closes it
     * @throws DigestException if a full window could not be closed
     */
    UUID gather(Step to, DigestItem item);

    /**
     * Closes a window: what was gathered goes into the queue as one message.
     *
     * @return that message; empty if the window is closed already
     * @throws DigestException if there is none that can be made; the window stays open then
     */
    Optional<UUID> close(UUID window);

    /** Removes messages of closed windows that are too old to be recognised; returns how many, at most {@link #PORTION}. */
    int removeExpired();
}
