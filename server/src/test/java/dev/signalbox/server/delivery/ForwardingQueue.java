package dev.signalbox.server.delivery;

import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.FlowControl;
import dev.signalbox.delivery.queue.MessageFilter;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.Remark;
import dev.signalbox.delivery.queue.Schedule;
import java.sql.Connection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A queue that another one stands behind, to be bent where a test needs it. */
public class ForwardingQueue implements DeliveryQueue {
    private final DeliveryQueue behind;

    public ForwardingQueue(DeliveryQueue behind) {
        this.behind = behind;
    }

    @Override
    public Receipt enqueue(Reach reach) {
        return behind.enqueue(reach);
    }

    @Override
    public Receipt enqueue(Connection transaction, Reach reach) {
        return behind.enqueue(transaction, reach);
    }

    @Override
    public List<Receipt> enqueueAll(List<Reach> reaches) {
        return behind.enqueueAll(reaches);
    }

    @Override
    public List<Receipt> enqueueAll(Connection transaction, List<Reach> reaches) {
        return behind.enqueueAll(transaction, reaches);
    }

    @Override
    public Optional<Status> find(UUID id) {
        return behind.find(id);
    }

    @Override
    public Page list(MessageFilter filter) {
        return behind.list(filter);
    }

    @Override
    public FlowControl flow() {
        return behind.flow();
    }

    @Override
    public Optional<Change> change(UUID id, Action action, Remark remark) {
        return behind.change(id, action, remark);
    }

    @Override
    public Optional<Change> reschedule(UUID id, Schedule schedule, Remark remark) {
        return behind.reschedule(id, schedule, remark);
    }

    @Override
    public BulkChange changeAll(MessageFilter filter, Action action, Remark remark, boolean dryRun) {
        return behind.changeAll(filter, action, remark, dryRun);
    }

    @Override
    public BulkChange count(MessageFilter filter) {
        return behind.count(filter);
    }

    @Override
    public Counts counts() {
        return behind.counts();
    }

    @Override
    public Overview overview() {
        return behind.overview();
    }
}
