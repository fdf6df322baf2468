package dev.signalbox.server.delivery;

import dev.signalbox.server.rest.Filter;

import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.State;
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
    public Page list(Filter filter) {
        return behind.list(filter);
    }

    @Override
    public Optional<State> cancel(UUID id) {
        return behind.cancel(id);
    }

    @Override
    public Optional<State> retry(UUID id) {
        return behind.retry(id);
    }

    @Override
    public Counts counts() {
        return behind.counts();
    }
}
