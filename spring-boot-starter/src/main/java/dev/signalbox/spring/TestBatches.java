package dev.signalbox.spring;

import dev.signalbox.delivery.queue.DeliveryQueue.Receipt;
import dev.signalbox.delivery.queue.MessageBatch;
import dev.signalbox.delivery.queue.MessageBatches;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.Step;
import java.sql.Connection;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Batches of a {@link TestQueue}, which follow the application's transactions as that one does. Thread-safe. */
final class TestBatches extends WrappedBatches {
    private final TestQueue queue;
    private final InstantSource clock;

    TestBatches(MessageBatches plain, TestQueue queue, InstantSource clock) {
        super(plain);
        this.queue = queue;
        this.clock = clock;
    }

    /** In a transaction, one whose id is new is created once that is committed; all its messages count as new until then. */
    @Override
    public Creation create(UUID id, List<Reach> messages, List<Step> callback) {
        boolean later = TransactionSynchronizationManager.isActualTransactionActive()
                && plain().find(id).isEmpty();
        return later ? afterCommit(id, messages, callback) : now(id, messages, callback);
    }

    /** The connection leads to another database than that of the test's queue, so only Spring's transactions count. */
    @Override
    public Creation create(Connection transaction, UUID id, List<Reach> messages, List<Step> callback) {
        return create(id, messages, callback);
    }

    private Creation now(UUID id, List<Reach> messages, List<Step> callback) {
        Creation creation = plain().create(id, messages, callback);
        if (!creation.duplicate()) {
            queue.noted(messages, creation.receipts());
            queue.notedCallback(callback);
        }
        return creation;
    }

    private Creation afterCommit(UUID id, List<Reach> messages, List<Step> callback) {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                now(id, messages, callback);
            }
        });
        int total = messages.size();
        MessageBatch expected = new MessageBatch(
                id, clock.instant(), total, total, Map.of(), Optional.empty(), callback, Optional.empty());
        return new Creation(
                expected,
                messages.stream()
                        .map(message -> new Receipt(message.id(), false))
                        .toList());
    }
}
