package dev.signalbox.spring;

import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.FlowControl;
import dev.signalbox.delivery.queue.MessageBatches;
import dev.signalbox.delivery.queue.MessageFilter;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.Remark;
import dev.signalbox.delivery.queue.Schedule;
import java.sql.Connection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A queue that enqueues in its own way and is otherwise another. Thread-safe. */
abstract class WrappedQueue implements DeliveryQueue {
    private final DeliveryQueue plain;

    /** @param plain as {@link DeliveryQueue#on} opened it */
    WrappedQueue(DeliveryQueue plain) {
        this.plain = plain;
    }

    /** The other queue, which a dispatcher can be built on. */
    final DeliveryQueue plain() {
        return plain;
    }

    /** Its batches. */
    abstract MessageBatches batches();

    @Override
    public Receipt enqueue(Connection transaction, Reach reach) {
        return plain.enqueue(transaction, reach);
    }

    @Override
    public List<Receipt> enqueueAll(Connection transaction, List<Reach> reaches) {
        return plain.enqueueAll(transaction, reaches);
    }

    @Override
    public Optional<Status> find(UUID id) {
        return plain.find(id);
    }

    @Override
    public Page list(MessageFilter filter) {
        return plain.list(filter);
    }

    @Override
    public Optional<Change> change(UUID id, Action action, Remark remark) {
        return plain.change(id, action, remark);
    }

    @Override
    public BulkChange changeAll(MessageFilter filter, Action action, Remark remark, boolean dryRun) {
        return plain.changeAll(filter, action, remark, dryRun);
    }

    @Override
    public Optional<Change> reschedule(UUID id, Schedule schedule, Remark remark) {
        return plain.reschedule(id, schedule, remark);
    }

    @Override
    public BulkChange count(MessageFilter filter) {
        return plain.count(filter);
    }

    @Override
    public Counts counts() {
        return plain.counts();
    }

    @Override
    public Overview overview() {
        return plain.overview();
    }

    @Override
    public FlowControl flow() {
        return plain.flow();
    }
}
