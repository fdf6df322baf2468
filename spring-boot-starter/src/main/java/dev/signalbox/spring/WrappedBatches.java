package dev.signalbox.spring;

import dev.signalbox.delivery.queue.MessageBatch;
import dev.signalbox.delivery.queue.MessageBatches;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.Step;
import java.sql.Connection;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Batches that are created in their own way and are otherwise others. Thread-safe. */
abstract class WrappedBatches implements MessageBatches {
    private final MessageBatches plain;

    WrappedBatches(MessageBatches plain) {
        this.plain = plain;
    }

    final MessageBatches plain() {
        return plain;
    }

    @Override
    public Creation create(Connection transaction, UUID id, List<Reach> messages, List<Step> callback) {
        return plain.create(transaction, id, messages, callback);
    }

    @Override
    public Optional<MessageBatch> find(UUID id) {
        return plain.find(id);
    }

    @Override
    public Page list(Optional<String> cursor, int limit) {
        return plain.list(cursor, limit);
    }

    @Override
    public int tell(int most) {
        return plain.tell(most);
    }

    @Override
    public int removeCompletedBefore(Instant time, int most) {
        return plain.removeCompletedBefore(time, most);
    }
}
