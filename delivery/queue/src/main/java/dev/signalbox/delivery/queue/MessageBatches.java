package dev.signalbox.delivery.queue;

import dev.signalbox.database.Database;
import dev.signalbox.database.Migration;
import dev.signalbox.delivery.queue.DeliveryQueue.Receipt;
import java.sql.Connection;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Batches of messages in a queue's database: who made one is told once when all of its messages have ended.
 *
 * <p>The last message's end and the completion of its batch are one transaction, on whichever node it is. Somebody has to
 * {@link #tell} then, such as a loop on every node: the message that tells is enqueued in the transaction that notes it, so it is
 * enqueued exactly once, and delivered like any other.
 *
 * <p>Thread-safe. All failures of the database are thrown as {@link DeliveryQueueException}.
 */
public interface MessageBatches {
    /** The most messages of a batch. */
    int MOST = 1_000;

    /**
     * Those of a queue.
     *
     * @param queue one that {@link DeliveryQueue#on} opened
     */
    static MessageBatches of(DeliveryQueue queue) {
        if (!(queue instanceof JdbcQueue jdbc)) {
            throw new IllegalArgumentException("batches need a queue that DeliveryQueue.on opened");
        }
        return new JdbcBatches(jdbc);
    }

    /** The history of the tables, with what {@link #migrate} would still do. Changes nothing. */
    static List<Migration> migrations(Database database) {
        return JdbcQueue.guarded(() -> JdbcBatches.migrations(database));
    }

    /** Brings the tables up to date, as opening a queue does. */
    static void migrate(Database database) {
        var _ = JdbcQueue.guarded(() -> {
            JdbcBatches.migrate(database);
            return database;
        });
    }

    /**
     * What became of a batch that was offered.
     *
     * @param batch as it stands
     * @param receipts of its messages, in their order; empty if it was there already, and nothing was enqueued
     */
    record Creation(MessageBatch batch, List<Receipt> receipts) {
        public Creation {
            receipts = List.copyOf(receipts);
        }

        public boolean duplicate() {
            return receipts.isEmpty();
        }
    }

    /**
     * Enqueues messages as one batch, in one transaction. Those that are in the queue already, or in
     * {@linkplain Receipt#conflict conflict}, do not belong to it. If the connection breaks before the commit is confirmed, calling
     * again with the same id settles it: a batch that is there already stays as it is, and nothing is enqueued.
     *
     * <p>It is the same one if the callback is the same, and the messages are, in the same order. That is recognised by a digest of all
     * that they say, dedupe keys included, but not of their ids, their traces, and when they expire. Bodies do not count where
     * {@link BodyProtection#redactingSent} removes them.
     *
     * @param id of the batch
     * @param messages 1 to {@link #MOST}
     * @param callback whom to tell when all have ended, by the steps of a message; empty for nobody. The message's body is JSON:
     *     {@code {"batch": ID, "total": 3, "ended": {"SENT": 2, "DEAD": 1}, "createdAt": …, "completedAt": …}}
     * @throws IllegalArgumentException if a number is out of its range, or the steps make no message
     * @throws BatchConflictException if the id belongs to another batch
     */
    Creation create(UUID id, List<Reach> messages, List<Step> callback);

    /**
     * As {@link #create(UUID, List, List)}, as part of a transaction of the caller, who commits it or rolls it back. It is not aborted by
     * a {@link BatchConflictException}.
     *
     * @param transaction a connection to the queue's database with a transaction under way
     */
    Creation create(Connection transaction, UUID id, List<Reach> messages, List<Step> callback);

    Optional<MessageBatch> find(UUID id);

    /**
     * Some batches.
     *
     * @param items the newest first
     * @param next where the next page begins; empty at the end
     */
    record Page(List<MessageBatch> items, Optional<String> next) {
        public Page {
            items = List.copyOf(items);
        }
    }

    /**
     * Lists batches, the newest first.
     *
     * @param cursor {@link Page#next} of the page before; empty for the first one
     * @param limit 1 to {@link MessageFilter#MOST_LISTED}
     * @throws IllegalArgumentException if the limit is out of its range, or the cursor is none
     */
    Page list(Optional<String> cursor, int limit);

    /**
     * Enqueues the messages that tell of completed batches; returns how many. Any number of nodes may call it.
     *
     * @param most at a time, 1 to 1,000
     */
    int tell(int most);

    /**
     * Removes batches that were completed before a time, and told of if somebody is to be told; their messages stay. Returns how many.
     *
     * @param most at a time, 1 to 1,000
     */
    int removeCompletedBefore(Instant time, int most);
}
