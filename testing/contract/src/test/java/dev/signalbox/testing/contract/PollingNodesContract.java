package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.DeliveryQueue.Receipt;
import dev.signalbox.delivery.queue.DispatchOptions;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.Reach;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Several nodes on one database that does not notify, at the same time and by its clock. They find one another's messages by looking. */
abstract class PollingNodesContract {
    private static final int NODES = 3;
    private static final Duration LONG = Duration.ofSeconds(60);

    private static final DispatchOptions OPTIONS =
            DispatchOptions.DEFAULT.withPoll(Duration.ofMillis(200)).withBatch(10);

    private final ScriptedSender sms = ScriptedSender.of(Channel.SMS);
    private final List<Database> databases = new ArrayList<>();
    private final List<DeliveryQueue> queues = new ArrayList<>();

    /** Where an empty queue is, or is to be. */
    abstract DatabaseConfig freshDatabase();

    @BeforeEach
    void open() {
        DatabaseConfig config = freshDatabase();
        for (int i = 0; i < NODES; i++) {
            databases.add(Database.open(config));
            queues.add(DeliveryQueue.on(databases.getLast()));
        }
    }

    @AfterEach
    void closeAndAudit() {
        new QueueAudit(databases.getFirst()).check();
        databases.forEach(Database::close);
    }

    private Dispatcher started(DeliveryQueue queue) {
        Dispatcher dispatcher =
                Dispatcher.builder(queue).sender(sms).options(OPTIONS).build();
        dispatcher.start();
        return dispatcher;
    }

    private static Reach.Builder text() {
        return Reach.to(Channel.SMS, "+61491570006").body("x");
    }

    private void awaitSent(long count) {
        await().atMost(LONG)
                .untilAsserted(
                        () -> assertThat(queues.getFirst().counts().byState()).containsEntry(MessageState.SENT, count));
    }

    @Test
    void nodesThatClaimAtOnceSendEachOnce() {
        List<Reach> reaches = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            reaches.add(text().build());
        }
        queues.getFirst().enqueueAll(reaches);
        List<Dispatcher> dispatchers = queues.stream().map(this::started).toList();
        try {
            awaitSent(reaches.size());
        } finally {
            dispatchers.forEach(Dispatcher::close);
        }
        assertThat(sms.given()).extracting(Delivery::id).doesNotHaveDuplicates().hasSize(reaches.size());
    }

    @Test
    void messageOfAnotherNodeIsFoundByLooking() {
        try (Dispatcher dispatcher = started(queues.getLast())) {
            queues.getFirst().enqueue(text().build());
            awaitSent(1);
            assertThat(dispatcher.health().problem()).isEmpty();
        }
    }

    @Test
    void bulksWithTheSameKeysInOppositeOrderAreAcceptedOnce() throws Exception {
        List<Callable<List<Receipt>>> calls = new ArrayList<>();
        for (int i = 0; i < 4 * NODES; i++) {
            List<Reach> bulk = new ArrayList<>();
            for (int key = 0; key < 150; key++) {
                bulk.add(text().dedupeKey("key" + key).build());
            }
            if (i % 2 == 1) {
                Collections.reverse(bulk);
            }
            DeliveryQueue queue = queues.get(i % NODES);
            calls.add(() -> queue.enqueueAll(bulk));
        }
        List<Receipt> receipts = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<List<Receipt>> call : threads.invokeAll(calls)) {
                receipts.addAll(call.get());
            }
        }
        assertThat(receipts).filteredOn(receipt -> !receipt.duplicate()).hasSize(150);
        assertThat(receipts)
                .extracting(Receipt::id)
                .containsOnly(receipts.stream()
                        .filter(receipt -> !receipt.duplicate())
                        .map(Receipt::id)
                        .toArray(UUID[]::new));
    }

    /** Texts are equal whatever spaces they end with there; keys are not. */
    @Test
    void keysThatDifferInSpacesAtTheirEndsAreTwo() {
        DeliveryQueue queue = queues.getFirst();
        assertThat(queue.enqueue(text().dedupeKey("key").build()).duplicate()).isFalse();
        assertThat(queue.enqueue(text().dedupeKey("key ").build()).duplicate()).isFalse();
        assertThat(queue.enqueue(text().dedupeKey("KEY").build()).duplicate()).isFalse();
        assertThat(queue.enqueue(text().dedupeKey("key").build()).duplicate()).isTrue();
    }
}
