package dev.signalbox.spring;

import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.MessageBatches;
import dev.signalbox.delivery.queue.Reach;
import java.util.List;

/**
 * The queue of an application: what is enqueued while one of its transactions is under way on the calling thread becomes part of
 * that transaction. All else does not: finding, cancelling and changing go through connections of the queue's own. Thread-safe.
 */
final class TransactionalQueue extends WrappedQueue {
    private final TransactionJoin join;

    /** @param plain as {@link DeliveryQueue#on} opened it */
    TransactionalQueue(DeliveryQueue plain, TransactionJoin join) {
        super(plain);
        this.join = join;
    }

    @Override
    public Receipt enqueue(Reach reach) {
        return join.joining(connection -> plain().enqueue(connection, reach)).orElseGet(() -> plain().enqueue(reach));
    }

    @Override
    public List<Receipt> enqueueAll(List<Reach> reaches) {
        return join.joining(connection -> plain().enqueueAll(connection, reaches))
                .orElseGet(() -> plain().enqueueAll(reaches));
    }

    @Override
    MessageBatches batches() {
        return new TransactionalBatches(MessageBatches.of(plain()), join);
    }
}
