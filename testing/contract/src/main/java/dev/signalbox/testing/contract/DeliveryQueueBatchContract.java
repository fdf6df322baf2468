package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.DeliveryQueue.Action;
import dev.signalbox.delivery.queue.DeliveryQueue.Receipt;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.MessageBatch;
import dev.signalbox.delivery.queue.MessageBatches;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.Remark;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.queue.Step;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Messages that were enqueued together, of which somebody is told once. The clock stands at noon of 1 March 2026. */
public abstract class DeliveryQueueBatchContract extends DeliveryQueueContract {
    private static final List<Step> OWNER = List.of(Step.parse("webhook:owner"));
    private static final int MOST = 100;

    private final ScriptedSender sms = ScriptedSender.of(Channel.SMS).withKeyLifetime(Duration.ZERO);
    private final ScriptedSender owner = ScriptedSender.of(Channel.WEBHOOK);
    private final UUID id = UUID.randomUUID();
    private MessageBatches batches;

    @BeforeEach
    void open() {
        batches = MessageBatches.of(queue());
        sms.answering(delivery -> answer(delivery.body()));
    }

    @AfterEach
    void openOnesAreCountedRight() {
        long wrong = database().read(connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("""
                            select count(*) from delivery_batch b where b.completed_at is null and b.remaining <>
                                (select count(*) from delivery_batch_message m where m.batch = b.id and m.state is null)
                            """)) {
                row.next();
                return row.getLong(1);
            }
        });
        assertThat(wrong).as("batches whose open messages are miscounted").isZero();
    }

    private static SendResult answer(String body) {
        return switch (body) {
            case "reject" -> ScriptedSender.rejected();
            case "doubt" -> ScriptedSender.unknown();
            default -> ScriptedSender.accepted();
        };
    }

    private static Reach message(String body) {
        return sms().body(body).build();
    }

    private List<UUID> create(String... bodies) {
        List<Reach> messages = List.of(bodies).stream()
                .map(DeliveryQueueBatchContract::message)
                .toList();
        return batches.create(id, messages, OWNER).receipts().stream()
                .map(Receipt::id)
                .toList();
    }

    private MessageBatch batch() {
        return batches.find(id).orElseThrow();
    }

    /** The messages that told so far, in order. */
    private List<String> told() {
        var _ = node(sms, owner).runOnce();
        return owner.given().stream().map(Delivery::body).toList();
    }

    @Test
    void whenAllHaveEndedOneMessageTells() {
        create("take", "reject", "doubt", "take");
        assertThat(batch().open()).isEqualTo(4);
        assertThat(batches.tell(MOST)).isZero();
        clock.advance(Duration.ofSeconds(1));
        node(sms).runOnce();

        assertThat(batch().open()).isZero();
        assertThat(batch().ended())
                .isEqualTo(Map.of(MessageState.SENT, 2, MessageState.REJECTED, 1, MessageState.UNKNOWN, 1));
        assertThat(batch().done()).isEqualTo(4);
        assertThat(batch().failed()).isEqualTo(1);
        assertThat(batch().completedAt()).contains(clock.instant());
        assertThat(batch().toldBy()).isEmpty();
        assertThat(batches.tell(MOST)).isEqualTo(1);
        assertThat(batches.tell(MOST)).isZero();
        assertThat(told())
                .containsExactly(
                        "{\"batch\": \"%s\", \"total\": 4, \"ended\": {\"SENT\": 2, \"UNKNOWN\": 1, \"REJECTED\": 1}, \"createdAt\": \"2026-03-01T12:00:00Z\", \"completedAt\": \"2026-03-01T12:00:01Z\"}"
                                .formatted(id));
        assertThat(owner.given().getFirst().id()).isEqualTo(batch().toldBy().orElseThrow());
        assertThat(owner.given().getFirst().headers())
                .isEqualTo(Map.of("content-type", "application/json", "batch", id.toString()));
    }

    @Test
    void aMessageThatWaitsKeepsItOpen() {
        Reach later = sms().at(clock.instant().plus(Duration.ofHours(1))).build();
        batches.create(id, List.of(message("take"), later), OWNER);
        node(sms).runOnce();
        assertThat(batch().open()).isEqualTo(1);
        assertThat(batches.tell(MOST)).isZero();
        clock.advance(Duration.ofHours(1));
        node(sms).runOnce();
        assertThat(batches.tell(MOST)).isEqualTo(1);
    }

    @Test
    void whatWasInTheQueueDoesNotBelongToIt() {
        Reach before = message("take");
        queue().enqueue(before);
        assertThat(batches.create(id, List.of(before, message("take")), OWNER).receipts())
                .extracting(Receipt::duplicate)
                .containsExactly(true, false);
        assertThat(batch().total()).isEqualTo(1);
        node(sms).runOnce();
        assertThat(batch().ended()).isEqualTo(Map.of(MessageState.SENT, 1));
    }

    @Test
    void oneOfNothingNewIsCompleteAtOnce() {
        Reach before = message("take");
        queue().enqueue(before);
        batches.create(id, List.of(before), OWNER);
        assertThat(batch().completedAt()).contains(clock.instant());
        assertThat(batches.tell(MOST)).isEqualTo(1);
        assertThat(told()).singleElement().asString().contains("\"total\": 0, \"ended\": {}");
    }

    @Test
    void nobodyIsToldWhereNobodyWantsIt() {
        batches.create(id, List.of(message("take")), List.of());
        node(sms).runOnce();
        assertThat(batch().completedAt()).isPresent();
        assertThat(batches.tell(MOST)).isZero();
    }

    @Test
    void whatAnOperatorRevivesIsWaitedForAgain() {
        UUID rejected = create("take", "reject", "later").get(1);
        sms.answering(delivery -> delivery.body().equals("later") ? ScriptedSender.notSent() : answer(delivery.body()));
        node(sms).runOnce();
        assertThat(batch().open()).isEqualTo(1);
        queue().retry(rejected);
        assertThat(batch().open()).isEqualTo(2);
        assertThat(batch().ended()).isEqualTo(Map.of(MessageState.SENT, 1));

        sms.answering(ScriptedSender.accepted());
        clock.advance(Duration.ofMinutes(1));
        node(sms).runOnce();
        assertThat(batch().ended()).isEqualTo(Map.of(MessageState.SENT, 3));
        assertThat(batches.tell(MOST)).isEqualTo(1);
    }

    @Test
    void whatAnOperatorDoesAfterItWasCompleteChangesNothing() {
        UUID rejected = create("take", "reject").get(1);
        node(sms).runOnce();
        MessageBatch complete = batch();
        queue().retry(rejected);
        assertThat(batch()).isEqualTo(complete);
        sms.answering(ScriptedSender.accepted());
        node(sms).runOnce();
        assertState(rejected, MessageState.SENT);
        assertThat(batch()).isEqualTo(complete);
        queue().change(rejected, Action.DELETE, Remark.NONE);
        assertThat(batch()).isEqualTo(complete);
    }

    @Test
    void whatIsCancelledOrResolvedIsCountedOnce() {
        Reach later = sms().at(clock.instant().plus(Duration.ofHours(1))).build();
        batches.create(id, List.of(message("doubt"), later), OWNER);
        node(sms).runOnce();
        UUID doubtful = sms.given().getFirst().id();
        queue().change(doubtful, Action.RESOLVE_ARRIVED, Remark.NONE);
        assertThat(batch().open()).isEqualTo(1);
        assertThat(batch().ended()).isEqualTo(Map.of(MessageState.SENT, 1));
        queue().cancel(later.id());
        assertThat(batch().ended()).isEqualTo(Map.of(MessageState.SENT, 1, MessageState.CANCELLED, 1));
        assertThat(batches.tell(MOST)).isEqualTo(1);
    }

    /** Several nodes end messages of one batch in the same moment, and all look whom to tell. */
    @Test
    @Timeout(60) // If an end were lost, the batch would never be complete.
    void ofManyNodesAtOnceNoneCountsTwiceAndOneTells() throws Exception {
        int total = 200;
        batches.create(
                id,
                IntStream.range(0, total)
                        .mapToObj(n -> message(n % 4 == 0 ? "reject" : "take"))
                        .toList(),
                OWNER);
        int nodes = 4;
        CountDownLatch go = new CountDownLatch(nodes);
        List<Callable<Integer>> work = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            DeliveryQueue queue = simulated(connect());
            Dispatcher dispatcher = closing(Dispatcher.builder(queue)
                    .sender(sms)
                    .options(OPTIONS.withBatch(5))
                    .build());
            work.add(() -> dispatchAndTell(dispatcher, MessageBatches.of(queue), go));
        }
        int told = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Integer> each : threads.invokeAll(work)) {
                told += each.get();
            }
        }
        assertThat(batch().open()).isZero();
        assertThat(batch().ended()).isEqualTo(Map.of(MessageState.SENT, 150, MessageState.REJECTED, 50));
        assertThat(told).isEqualTo(1);
        assertThat(told()).hasSize(1);
    }

    private int dispatchAndTell(Dispatcher dispatcher, MessageBatches seen, CountDownLatch go)
            throws InterruptedException {
        go.countDown();
        go.await();
        int told = 0;
        while (seen.find(id).orElseThrow().completedAt().isEmpty()) {
            if (Thread.interrupted()) {
                throw new InterruptedException("the test's time is over");
            }
            dispatcher.runOnce();
            told += seen.tell(MOST);
        }
        return told + seen.tell(MOST);
    }

    /** The node that ended the last message stopped before it told: another one does. */
    @Test
    void anotherNodeTells() {
        create("take");
        node(sms).runOnce();
        MessageBatches other = MessageBatches.of(simulated(connect()));
        assertThat(other.tell(MOST)).isEqualTo(1);
        assertThat(batches.tell(MOST)).isZero();
        assertThat(told()).hasSize(1);
    }

    /** A node froze with messages in hand: the node that rescues them counts their ends, and late outcomes count for nothing. */
    @Test
    void whatIsRescuedIsCounted() {
        create("take", "take");
        Dispatcher other = node(ScriptedSender.of(Channel.SMS).withKeyLifetime(Duration.ZERO));
        sms.answering(delivery -> {
            clock.advance(OPTIONS.lease().plusSeconds(1)); // As a SIGSTOP in the middle of the attempt would.
            assertThat(other.runOnce().rescued()).isEqualTo(2);
            return ScriptedSender.accepted();
        });

        assertThat(node(sms).runOnce().stale()).isEqualTo(2);

        assertThat(batch().ended()).isEqualTo(Map.of(MessageState.UNKNOWN, 2));
        assertThat(batches.tell(MOST)).isEqualTo(1);
    }

    @Test
    void oldOnesAreRemovedOnceTheyAreToldOf() {
        create("take");
        node(sms).runOnce();
        clock.advance(Duration.ofDays(1));
        assertThat(batches.removeCompletedBefore(clock.instant(), MOST)).isZero();
        batches.tell(MOST);
        assertThat(batches.removeCompletedBefore(clock.instant().minus(Duration.ofDays(2)), MOST))
                .isZero();
        assertThat(batches.removeCompletedBefore(clock.instant(), MOST)).isEqualTo(1);
        assertThat(batches.find(id)).isEmpty();
        assertThat(queue().counts().byState()).containsEntry(MessageState.SENT, 1L);
    }

    @Test
    void wrongOnesAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> batches.create(id, List.of(), OWNER))
                .withMessageContaining("1 to 1000");
        assertThatIllegalArgumentException().isThrownBy(() -> batches.tell(0));
        assertThat(batches.find(id)).isEmpty();
    }
}
