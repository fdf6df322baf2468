package dev.signalbox.spring;

import dev.signalbox.delivery.queue.MessageBatches;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.Step;
import java.util.List;
import java.util.UUID;

/** The batches of an application: one that is created while a transaction is under way becomes part of it. Thread-safe. */
final class TransactionalBatches extends WrappedBatches {
    private final TransactionJoin join;

    TransactionalBatches(MessageBatches plain, TransactionJoin join) {
        super(plain);
        this.join = join;
    }

    @Override
    public Creation create(UUID id, List<Reach> messages, List<Step> callback) {
        return join.joining(connection -> plain().create(connection, id, messages, callback))
                .orElseGet(() -> plain().create(id, messages, callback));
    }
}
