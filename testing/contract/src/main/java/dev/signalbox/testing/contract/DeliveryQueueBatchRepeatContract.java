package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.delivery.queue.BatchConflictException;
import dev.signalbox.delivery.queue.BodyKey;
import dev.signalbox.delivery.queue.BodyProtection;
import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.DeliveryQueue.Attempt;
import dev.signalbox.delivery.queue.DeliveryQueue.Receipt;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.Labels;
import dev.signalbox.delivery.queue.MessageBatch;
import dev.signalbox.delivery.queue.MessageBatches;
import dev.signalbox.delivery.queue.MessageBatches.Creation;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.QuietHours;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.RecipientTime;
import dev.signalbox.delivery.queue.Step;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Batches that are offered again, that a caller's transaction makes, that are listed, and that a node tells of after a restart. */
public abstract class DeliveryQueueBatchRepeatContract extends DeliveryQueueContract {
    private static final List<Step> OWNER = List.of(Step.parse("webhook:owner"));
    private static final Optional<String> FIRST_PAGE = Optional.empty();

    private final UUID id = UUID.randomUUID();
    private MessageBatches batches;

    @BeforeEach
    void open() {
        batches = MessageBatches.of(queue());
    }

    private static Reach message(String body) {
        return sms().body(body).build();
    }

    /** New messages that say the same each time, as a caller makes them who repeats a request. */
    private static List<Reach> messages() {
        return List.of(message("one"), message("two"));
    }

    private Creation create(List<Reach> messages, List<Step> callback) {
        return batches.create(id, messages, callback);
    }

    private void assertConflict(List<Reach> messages, List<Step> callback, String... differing) {
        assertThatExceptionOfType(BatchConflictException.class)
                .isThrownBy(() -> create(messages, callback))
                .satisfies(conflict -> {
                    assertThat(conflict.batch()).isEqualTo(id);
                    assertThat(conflict.differing()).containsExactly(differing);
                })
                .withMessageContainingAll(id.toString(), String.join(", ", differing));
    }

    @Test
    void theSameBatchAgainChangesNothing() {
        create(messages(), OWNER);
        MessageBatch first = batches.find(id).orElseThrow();

        Creation again = create(messages(), OWNER);

        assertThat(again.duplicate()).isTrue();
        assertThat(again.batch()).isEqualTo(first);
        assertThat(batches.find(id)).contains(first);
        assertThat(queue().counts().byState()).containsEntry(MessageState.PENDING, 2L);
    }

    @Test
    void otherMessagesOrAnotherCallbackUnderTheSameIdAreAConflict() {
        create(messages(), OWNER);
        MessageBatch first = batches.find(id).orElseThrow();

        assertConflict(List.of(message("one")), OWNER, "messages");
        assertConflict(List.of(message("one"), message("three")), OWNER, "messages");
        assertConflict(messages().reversed(), OWNER, "messages");
        assertConflict(messages(), List.of(), "callback");
        assertConflict(List.of(message("three")), List.of(Step.parse("webhook:other")), "messages", "callback");

        assertThat(batches.find(id)).contains(first);
        assertThat(queue().counts().byState()).containsEntry(MessageState.PENDING, 2L);
    }

    /** A caller who makes messages anew gives them new ids and traces, and counts their expiry from now. */
    @Test
    void whatAMessageSaysDecidesAndNotItsIdItsTraceOrTheMomentOfItsExpiry() {
        create(List.of(sms().expiresAt(clock.instant().plusSeconds(60)).build()), OWNER);
        Reach.Builder later = sms().expiresAt(clock.instant().plusSeconds(90)).traceparent(TRACE);

        assertThat(create(List.of(later.build()), OWNER).duplicate()).isTrue();
        assertConflict(List.of(sms().build()), OWNER, "messages");
    }

    @Test
    void eachThingThatAMessageSaysMakesItAnother() {
        create(List.of(sms().build()), OWNER);
        List<UnaryOperator<Reach.Builder>> changes = List.of(
                reach -> reach.then(Channel.EMAIL, "a@example.com"),
                reach -> reach.within(Duration.ofSeconds(5)),
                reach -> reach.body("hello "),
                reach -> reach.header("a", "b"),
                reach -> reach.dedupeKey("k"),
                reach -> reach.priority(1),
                reach -> reach.at(clock.instant()),
                reach -> reach.maxAttempts(9),
                reach -> reach.tags("spring"),
                reach -> reach.labels(Labels.NONE.withMetadata(Map.of("a", "b"))),
                reach -> reach.recipientTime(RecipientTime.in(ZoneId.of("Europe/Berlin"))),
                reach -> reach.recipientTime(
                        RecipientTime.in(ZoneId.of("UTC")).withQuietHours(QuietHours.parse("22:00-07:00"))));

        for (UnaryOperator<Reach.Builder> change : changes) {
            assertConflict(List.of(change.apply(sms()).build()), OWNER, "messages");
        }
        assertThat(create(List.of(sms().build()), OWNER).duplicate()).isTrue();
    }

    /** Two requests at once: one makes the batch, and the other waits for it, and is told what became of it. */
    @Test
    void ofTwoAtOnceOneMakesIt() throws Exception {
        CountDownLatch go = new CountDownLatch(2);
        List<Callable<Boolean>> calls = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            MessageBatches other = MessageBatches.of(simulated(connect()));
            calls.add(() -> {
                go.countDown();
                go.await();
                return other.create(id, messages(), OWNER).duplicate();
            });
        }
        List<Boolean> duplicates = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Boolean> each : threads.invokeAll(calls)) {
                duplicates.add(each.get());
            }
        }
        assertThat(duplicates).containsExactlyInAnyOrder(true, false);
        assertThat(queue().counts().byState()).containsEntry(MessageState.PENDING, 2L);
    }

    @Test
    void ofTwoDifferentOnesAtOnceOneIsRefused() throws Exception {
        CountDownLatch go = new CountDownLatch(2);
        List<Callable<Boolean>> calls = new ArrayList<>();
        for (String body : List.of("one", "two")) {
            MessageBatches other = MessageBatches.of(simulated(connect()));
            calls.add(() -> {
                go.countDown();
                go.await();
                return other.create(id, List.of(message(body)), OWNER).duplicate();
            });
        }
        int refused = 0;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Boolean> each : threads.invokeAll(calls)) {
                try {
                    assertThat(each.get()).isFalse();
                } catch (ExecutionException e) {
                    assertThat(e).hasCauseInstanceOf(BatchConflictException.class);
                    refused++;
                }
            }
        }
        assertThat(refused).isEqualTo(1);
        assertThat(queue().counts().byState()).containsEntry(MessageState.PENDING, 1L);
    }

    private static BodyProtection encrypted(int seed) {
        byte[] bytes = new byte[32];
        bytes[0] = (byte) seed;
        return BodyProtection.encryptedWith(
                List.of(BodyKey.parse("k" + seed + ":" + Base64.getEncoder().encodeToString(bytes))));
    }

    private MessageBatches protectedBy(BodyProtection bodies) {
        return MessageBatches.of(DeliveryQueue.on(database(), clock, bodies));
    }

    private String digest() {
        return database().read(connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("select digest from delivery_batch")) {
                row.next();
                return row.getString(1);
            }
        });
    }

    /** Of a short body, such as one with a code of six digits, the digest alone would tell what it was. */
    @Test
    void theDigestGivesNoBodyAwayThatIsEncryptedOrRemoved() {
        MessageBatches sealed = protectedBy(encrypted(1));
        sealed.create(id, messages(), OWNER);
        assertThat(digest()).contains("sealed:k1:");
        assertThat(sealed.create(id, messages(), OWNER).duplicate()).isTrue();
        assertThatExceptionOfType(BatchConflictException.class)
                .isThrownBy(() -> sealed.create(id, List.of(message("three")), OWNER));
        assertThat(protectedBy(encrypted(2)).create(id, messages(), OWNER).duplicate())
                .as("a node without the key cannot tell")
                .isTrue();
    }

    @Test
    void bodiesThatAreRemovedDoNotCount() {
        MessageBatches redacting = protectedBy(BodyProtection.NONE.redactingSent());
        redacting.create(id, List.of(message("123456")), OWNER);
        assertThat(digest()).matches("[0-9a-f]{64}");
        assertThat(redacting.create(id, List.of(message("654321")), OWNER).duplicate())
                .isTrue();
        assertThatExceptionOfType(BatchConflictException.class)
                .isThrownBy(() -> redacting.create(id, List.of(sms().priority(1).build()), OWNER));
    }

    /** An operator turns the removal on, or off, while a caller who was not answered repeats a request. */
    @Test
    void theSameBatchIsRecognisedWhetherBodiesWereRemovedWhenItWasMadeOrNot() {
        MessageBatches redacting = protectedBy(BodyProtection.NONE.redactingSent());
        create(messages(), OWNER);
        assertThat(redacting.create(id, messages(), OWNER).duplicate()).isTrue();
        UUID other = UUID.randomUUID();
        redacting.create(other, messages(), OWNER);
        assertThat(batches.create(other, messages(), OWNER).duplicate()).isTrue();
    }

    @Test
    void aCallersTransactionDecidesAboutTheBatch() throws SQLException {
        try (Connection connection = database().dataSource().getConnection()) {
            connection.setAutoCommit(false);
            assertThat(batches.create(connection, id, messages(), OWNER).receipts())
                    .extracting(Receipt::duplicate)
                    .containsExactly(false, false);
            connection.rollback();
            assertThat(batches.find(id)).isEmpty();
            batches.create(connection, id, messages(), OWNER);
            connection.commit();
            assertThat(batches.find(id).orElseThrow().open()).isEqualTo(2);

            assertThatExceptionOfType(BatchConflictException.class)
                    .isThrownBy(() -> batches.create(connection, id, List.of(message("x")), OWNER));
            queue().enqueue(connection, message("beside"));
            connection.commit();
        }
        assertThat(queue().counts().byState()).containsEntry(MessageState.PENDING, 3L);
    }

    @Test
    void theyAreListedTheNewestFirst() {
        List<UUID> made = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            UUID one = UUID.randomUUID();
            batches.create(one, messages(), OWNER);
            made.add(one);
            clock.advance(Duration.ofSeconds(i % 2)); // Some are made in the same moment.
        }
        node(ScriptedSender.of(Channel.SMS)).runOnce();

        List<MessageBatch> listed = new ArrayList<>();
        Optional<String> cursor = FIRST_PAGE;
        do {
            MessageBatches.Page page = batches.list(cursor, 2);
            assertThat(page.items()).hasSizeBetween(1, 2);
            listed.addAll(page.items());
            cursor = page.next();
        } while (cursor.isPresent());

        assertThat(listed).extracting(MessageBatch::id).containsExactlyInAnyOrderElementsOf(made);
        assertThat(listed)
                .extracting(MessageBatch::createdAt)
                .isSortedAccordingTo((one, other) -> other.compareTo(one));
        assertThat(listed).allSatisfy(batch -> {
            assertThat(batch).isEqualTo(batches.find(batch.id()).orElseThrow());
            assertThat(batch.ended()).isEqualTo(Map.of(MessageState.SENT, 2));
        });
    }

    @Test
    void aListWithoutSenseIsRefused() {
        assertThat(batches.list(FIRST_PAGE, 1).items()).isEmpty();
        for (int limit : new int[] {0, -1, 1_001}) {
            assertThatIllegalArgumentException().isThrownBy(() -> batches.list(FIRST_PAGE, limit));
        }
        for (String cursor : List.of("", "x", "1.x", id.toString())) {
            assertThatIllegalArgumentException().isThrownBy(() -> batches.list(Optional.of(cursor), 1));
        }
    }

    /** The owner's server was away when the batch ended. Then the whole node was stopped, and came back. */
    @Test
    void aCallbackThatFailedComesAfterARestart() {
        DatabaseConfig config = config();
        UUID told;
        try (Database before = Database.open(config)) {
            DeliveryQueue queue = simulated(before);
            MessageBatches first = MessageBatches.of(queue);
            first.create(id, messages(), OWNER);
            try (Dispatcher dispatcher = Dispatcher.builder(queue)
                    .sender(ScriptedSender.of(Channel.SMS))
                    .sender(ScriptedSender.of(Channel.WEBHOOK).answering(ScriptedSender.notSent()))
                    .options(OPTIONS)
                    .build()) {
                dispatcher.runOnce();
                assertThat(first.tell(10)).isEqualTo(1);
                dispatcher.runOnce();
            }
            told = first.find(id).orElseThrow().toldBy().orElseThrow();
            assertState(told, MessageState.RETRY_WAIT);
        }

        clock.advance(Duration.ofMinutes(1));
        Database after = connect();
        MessageBatches second = MessageBatches.of(simulated(after));
        assertThat(second.tell(10)).isZero();
        ScriptedSender owner = ScriptedSender.of(Channel.WEBHOOK);
        Dispatcher dispatcher = closing(Dispatcher.builder(simulated(after))
                .sender(owner)
                .options(OPTIONS)
                .build());
        IntStream.range(0, 3).forEach(i -> {
            dispatcher.runOnce();
            assertThat(second.tell(10)).isZero();
        });

        assertThat(owner.given()).singleElement().satisfies(delivery -> {
            assertThat(delivery.id()).isEqualTo(told);
            assertThat(delivery.body()).contains(id.toString(), "\"SENT\": 2");
        });
        assertThat(find(told).attempts()).extracting(Attempt::result).containsExactly("NOT_SENT", "ACCEPTED");
    }
}
