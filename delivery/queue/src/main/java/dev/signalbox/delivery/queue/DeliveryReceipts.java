package dev.signalbox.delivery.queue;

import dev.signalbox.database.Database;
import dev.signalbox.database.Migration;
import java.util.List;
import java.util.UUID;

/**
 * What providers told of messages after they took them, in the queue's database. Thread-safe. All failures of the database are
 * thrown as {@link DeliveryQueueException}.
 */
public interface DeliveryReceipts {

    /** Opens them in a database that the queue has been opened in, and brings their table up to date. */
    static DeliveryReceipts on(Database database) {
        return JdbcReceipts.open(database);
    }

    /** The history of the tables, with what opening would still do. Changes nothing. */
    static List<Migration> migrations(Database database) {
        return JdbcReceipts.migrations(database);
    }

    /**
     * Records a receipt. Providers repeat them, and send them in any order: of one with the same or a lower rank nothing is kept.
     *
     * @return whether it says something new; false, too, if there is no such message
     */
    boolean record(DeliveryReceipt receipt);

    /** The receipts of a message: one for each of a provider's names for it, by step. */
    List<DeliveryReceipt> of(UUID message);
}
