package dev.signalbox.spring;

import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.MessageBatches;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.ReachConflictException;
import dev.signalbox.delivery.queue.Step;
import java.sql.Connection;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * A queue in a database of its own that follows the application's transactions all the same: what is enqueued in one is enqueued once
 * it is committed. Thread-safe.
 */
final class TestQueue extends WrappedQueue {
    private final List<Reach> all = new ArrayList<>();
    private final List<Step> callbacks = new ArrayList<>();
    private final TestBatches batches;
    private int forgotten;

    TestQueue(DeliveryQueue plain, InstantSource clock) {
        super(plain);
        this.batches = new TestBatches(MessageBatches.of(plain), this, clock);
    }

    @Override
    MessageBatches batches() {
        return batches;
    }

    /**
     * Receives what it would without a transaction.
     *
     * @throws ReachConflictException as the queue does; of a message that the same transaction enqueues, only at its commit
     */
    @Override
    public Receipt enqueue(Reach reach) {
        return inTransaction() && !isKnown(reach) ? afterCommit(reach) : now(reach);
    }

    @Override
    public List<Receipt> enqueueAll(List<Reach> reaches) {
        return inTransaction() && reaches.stream().noneMatch(this::isKnown)
                ? reaches.stream().map(this::afterCommit).toList()
                : noted(reaches, plain().enqueueAll(reaches));
    }

    /** The connection leads to another database than that of the test's queue, so only Spring's transactions count. */
    @Override
    public Receipt enqueue(Connection transaction, Reach reach) {
        return enqueue(reach);
    }

    @Override
    public List<Receipt> enqueueAll(Connection transaction, List<Reach> reaches) {
        return enqueueAll(reaches);
    }

    private static boolean inTransaction() {
        return TransactionSynchronizationManager.isActualTransactionActive();
    }

    private synchronized boolean isKnown(Reach reach) {
        return all.stream()
                .anyMatch(one -> one.id().equals(reach.id())
                        || (one.dedupeKey().isPresent() && one.dedupeKey().equals(reach.dedupeKey())));
    }

    private Receipt now(Reach reach) {
        Receipt receipt = plain().enqueue(reach);
        return noted(List.of(reach), List.of(receipt)).getFirst();
    }

    private Receipt afterCommit(Reach reach) {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                now(reach);
            }
        });
        return new Receipt(reach.id(), false);
    }

    /** Remembers those that are new, for the test to look at. */
    synchronized List<Receipt> noted(List<Reach> reaches, List<Receipt> receipts) {
        for (int i = 0; i < reaches.size(); i++) {
            if (!receipts.get(i).duplicate()) {
                all.add(reaches.get(i));
            }
        }
        return receipts;
    }

    /** The end of a batch will be told to these. */
    synchronized void notedCallback(List<Step> callback) {
        callbacks.addAll(callback);
    }

    synchronized List<Reach> enqueued() {
        return List.copyOf(all.subList(forgotten, all.size()));
    }

    synchronized void forget() {
        forgotten = all.size();
    }

    /** Of all messages that were ever enqueued, and of those that tell of batches. */
    synchronized Stream<Step> steps() {
        return Stream.concat(
                List.copyOf(all).stream().flatMap(reach -> reach.steps().stream()), List.copyOf(callbacks).stream());
    }
}
