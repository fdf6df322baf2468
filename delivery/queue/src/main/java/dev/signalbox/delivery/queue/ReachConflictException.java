package dev.signalbox.delivery.queue;

import dev.signalbox.delivery.queue.DeliveryQueue.Receipt;

/** The id or dedupe key of a reach belongs to another message, which stands. */
public final class ReachConflictException extends DeliveryQueueException {
    private static final long serialVersionUID = 1L;

    private final transient Receipt receipt;

    ReachConflictException(Receipt receipt) {
        super(
                "its id or dedupe key belongs to the message " + receipt.id() + ", which differs in "
                        + String.join(", ", receipt.differing()) + "; use another id or dedupe key, or none",
                null);
        this.receipt = receipt;
    }

    /** Which message stands, and in which fields it differs. */
    public Receipt receipt() {
        return receipt;
    }
}
