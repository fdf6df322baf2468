package dev.signalbox.router;

import static dev.signalbox.router.RouterFixture.draft;
import static dev.signalbox.router.RouterFixture.get;
import static dev.signalbox.router.RouterFixture.texts;
import static dev.signalbox.router.RouterFixture.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testing.services.Effort;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(600)
class AcknowledgedDeliveryTest {
    /** How often {@link #sendingWhileTheClientReconnectsReachesTheNewConnection} tries. */
    private static final int RECONNECTS = Effort.of(3_000, 100_000);

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Address.Client ALICE = new Address.Client("alice");

    private final RouterFixture fixture = new RouterFixture(RouterOptions.defaults()
            .withAcknowledgements(new RouterOptions.Acknowledgements(300, 600_800, 400, 700_000)));
    private final Router router = fixture.router;

    @AfterEach
    void close() {
        fixture.close();
    }

    private static ErrorCode rejection(CompletionStage<AckResult> result) {
        return ((AckResult.Rejected) get(result)).error().code();
    }

    @Test
    void itIsDoneWhenTheClientSaysSoAndOnlyThen() {
        FakeConnection connection = new FakeConnection();
        ClientSession alice = fixture.endpoint.connect("alice", connection);
        ClientSession mallory = fixture.endpoint.connect("mallory", new FakeConnection());
        CompletionStage<AckResult> result = router.sendAcknowledged(to(ALICE, "x"), MINUTE);
        UUID id = connection.offered.element().id();

        assertThat(connection.offered.element().intent())
                .isEqualTo(new Intent.Confirm(fixture.clock.instant().plus(MINUTE)));
        assertThat(mallory.acknowledge(id)).isFalse();
        assertThat(result.toCompletableFuture()).isNotDone();
        assertThat(alice.acknowledge(id)).isTrue();
        assertThat(get(result)).isEqualTo(new AckResult.Acked());
        assertThat(alice.acknowledge(id)).isFalse();
    }

    @Test
    void anAbsentClientGetsItOnConnectingAndAgainOnEachReconnectInOrder() {
        CompletionStage<AckResult> one = router.sendAcknowledged(to(ALICE, "one"), MINUTE);
        CompletionStage<AckResult> two = router.sendAcknowledged(to(ALICE, "two"), MINUTE);
        FakeConnection first = new FakeConnection();
        ClientSession session = fixture.endpoint.connect("alice", first);
        assertThat(texts(first)).containsExactly("one", "two");
        session.acknowledge(first.offered.element().id());
        session.disconnected(CloseReason.GONE);

        FakeConnection second = new FakeConnection();
        fixture.endpoint
                .connect("alice", second)
                .acknowledge(first.offered.stream().toList().get(1).id());
        assertThat(texts(second)).containsExactly("two");
        assertThat(get(one)).isEqualTo(new AckResult.Acked());
        assertThat(get(two)).isEqualTo(new AckResult.Acked());
        FakeConnection third = new FakeConnection();
        fixture.endpoint.connect("alice", third);
        assertThat(third.offered).isEmpty();
        assertThat(fixture.listener.events)
                .filteredOn(event -> event.startsWith("ackRequested"))
                .containsExactly("ackRequested one 1", "ackRequested two 1", "ackRequested two 2");
    }

    @Test
    void expiryTellsWhetherItWasEverSent() {
        fixture.endpoint.connect("alice", new FakeConnection());
        CompletionStage<AckResult> sent = router.sendAcknowledged(to(ALICE, "x"), MINUTE);
        CompletionStage<AckResult> unsent = router.sendAcknowledged(to(Address.client("bob"), "x"), MINUTE);

        fixture.clock.advance(MINUTE.minusMillis(1));
        assertThat(sent.toCompletableFuture()).isNotDone();
        fixture.clock.advance(Duration.ofMillis(1));
        assertThat(get(sent)).isEqualTo(new AckResult.Expired(true));
        assertThat(get(unsent)).isEqualTo(new AckResult.Expired(false));
        FakeConnection late = new FakeConnection();
        fixture.endpoint.connect("bob", late);
        assertThat(late.offered).isEmpty();
    }

    @Test
    void whatExpiredIsOutOfItsInboxBeforeTheSenderIsTold() {
        FakeConnection late = new FakeConnection();
        CompletionStage<AckResult> unsent = router.sendAcknowledged(to(Address.client("bob"), "x"), MINUTE);
        CompletionStage<AckResult> connected = unsent.thenApply(result -> {
            fixture.endpoint.connect("bob", late);
            return result;
        });

        fixture.clock.advance(MINUTE);
        assertThat(get(connected)).isEqualTo(new AckResult.Expired(false));
        assertThat(late.offered).isEmpty();
    }

    @Test
    void repeatingACallJoinsTheOneThatWaits() {
        FakeConnection connection = new FakeConnection();
        ClientSession alice = fixture.endpoint.connect("alice", connection);
        Message message = to(ALICE, "once");
        CompletionStage<AckResult> first = router.sendAcknowledged(message, MINUTE);
        CompletionStage<AckResult> second = router.sendAcknowledged(message, Duration.ofSeconds(1));

        assertThat(texts(connection)).containsExactly("once");
        assertThat(rejection(router.sendAcknowledged(message.withTargets(List.of(Address.client("bob"))), MINUTE)))
                .isEqualTo(ErrorCode.MALFORMED);
        fixture.clock.advance(Duration.ofSeconds(2));
        alice.acknowledge(message.id());
        assertThat(get(first)).isEqualTo(new AckResult.Acked());
        assertThat(get(second)).isEqualTo(new AckResult.Acked());
    }

    @Test
    void theClientMayRefuseIt() {
        ClientSession alice = fixture.endpoint.connect("alice", new FakeConnection());
        Message message = to(ALICE, "x");
        CompletionStage<AckResult> result = router.sendAcknowledged(message, MINUTE);

        assertThat(alice.refuse(message.id(), "not now")).isTrue();
        assertThat(rejection(result)).isEqualTo(ErrorCode.REJECTED);
    }

    @Test
    void middlewareMayRefuseIt() {
        FakeConnection connection = new FakeConnection();
        fixture.endpoint.connect("alice", connection);
        router.onSend(message -> Decision.reject("no"));

        assertThat(rejection(router.sendAcknowledged(to(ALICE, "x"), MINUTE))).isEqualTo(ErrorCode.REJECTED);
        assertThat(connection.offered).isEmpty();
    }

    @Test
    void onlyOneClientCanBeAsked() {
        for (Message wrong : List.of(to(Address.ALL, "x"), to(Address.logic("l"), "x"))) {
            assertThat(rejection(router.sendAcknowledged(wrong, MINUTE))).isEqualTo(ErrorCode.MALFORMED);
        }
        assertThat(rejection(router.sendAcknowledged(to(ALICE, "x"), Duration.ZERO)))
                .isEqualTo(ErrorCode.MALFORMED);
    }

    @Test
    void whatWaitsIsBoundedPerClientAndInAllByCountAndBytes() {
        List<CompletionStage<AckResult>> waiting = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            waiting.add(router.sendAcknowledged(to(ALICE, "x"), MINUTE));
        }
        assertThat(rejection(router.sendAcknowledged(to(ALICE, "x"), MINUTE))).isEqualTo(ErrorCode.OVERLOADED);
        for (int i = 0; i < 100; i++) {
            waiting.add(router.sendAcknowledged(to(Address.client("c" + i), "x"), MINUTE));
        }
        assertThat(rejection(router.sendAcknowledged(to(Address.client("d"), "x"), MINUTE)))
                .isEqualTo(ErrorCode.OVERLOADED);
        fixture.clock.advance(MINUTE);
        waiting.forEach(result -> assertThat(get(result)).isEqualTo(new AckResult.Expired(false)));

        String large = "x".repeat(200_000);
        for (int i = 0; i < 3; i++) {
            assertThat(router.sendAcknowledged(to(ALICE, large), MINUTE).toCompletableFuture())
                    .isNotDone();
        }
        assertThat(rejection(router.sendAcknowledged(to(ALICE, "x"), MINUTE))).isEqualTo(ErrorCode.OVERLOADED);
        assertThat(rejection(router.sendAcknowledged(to(Address.client("bob"), large), MINUTE)))
                .isEqualTo(ErrorCode.OVERLOADED);
    }

    @Test
    void onlyAWindowIsUnderWayAndAcknowledgingMovesIt() {
        List<CompletionStage<AckResult>> results = new ArrayList<>();
        for (int i = 0; i < 290; i++) {
            results.add(router.sendAcknowledged(to(ALICE, "m" + i), MINUTE));
        }
        FakeConnection connection = new FakeConnection();
        ClientSession alice = fixture.endpoint.connect("alice", connection);
        assertThat(connection.offered).hasSize(Inbox.WINDOW_MESSAGES);
        for (int i = 0; i < 290; i++) {
            Message message = connection.offered.stream().toList().get(i);
            assertThat(message.payload()).hasToString("m" + i);
            alice.acknowledge(message.id());
        }
        results.forEach(result -> assertThat(get(result)).isEqualTo(new AckResult.Acked()));
    }

    @Test
    void aSlowConsumerGetsItOnceThereIsRoomOrWithItsNextConnection() {
        FakeConnection full = new FakeConnection(1);
        ClientSession alice = fixture.endpoint.connect("alice", full);
        CompletionStage<AckResult> one = router.sendAcknowledged(to(ALICE, "one"), MINUTE);
        CompletionStage<AckResult> two = router.sendAcknowledged(to(ALICE, "two"), MINUTE);
        CompletionStage<AckResult> three = router.sendAcknowledged(to(ALICE, "three"), MINUTE);
        assertThat(texts(full)).containsExactly("one");
        assertThat(full.closed).hasNullValue();
        full.room = 2;
        alice.writable();
        assertThat(texts(full)).containsExactly("one", "two");

        FakeConnection next = new FakeConnection();
        fixture.endpoint.connect("alice", next);
        assertThat(texts(next)).containsExactly("one", "two", "three");
        fixture.clock.advance(MINUTE);
        for (CompletionStage<AckResult> each : List.of(one, two, three)) {
            assertThat(get(each)).isEqualTo(new AckResult.Expired(true));
        }
    }

    @Test
    void aClientCanAskForIt() {
        ClientSession bob = fixture.endpoint.connect("bob", new FakeConnection());
        CompletionStage<AckResult> result = bob.sendAcknowledged(draft(ALICE, "x"), MINUTE);
        FakeConnection connection = new FakeConnection();
        ClientSession alice = fixture.endpoint.connect("alice", connection);

        alice.acknowledge(connection.offered.element().id());
        assertThat(get(result)).isEqualTo(new AckResult.Acked());
    }

    /** Whichever comes first, the connection that remains gets each message, and once. */
    @Test
    void sendingWhileTheClientReconnectsReachesTheNewConnection() throws InterruptedException {
        CyclicBarrier together = new CyclicBarrier(2);
        for (int round = 0; round < RECONNECTS; round++) {
            Address.Client client = Address.client("c" + round);
            ClientSession old = fixture.endpoint.connect(client.id(), new FakeConnection());
            Message message = to(client, "x");
            Thread sender = Thread.ofVirtual().start(() -> {
                RouterFixture.await(together);
                var _ = router.sendAcknowledged(message, MINUTE);
            });
            FakeConnection next = new FakeConnection();
            RouterFixture.await(together);
            ClientSession session = fixture.endpoint.connect(client.id(), next);
            sender.join();

            var _ = router.sendAcknowledged(to(client, "y"), MINUTE);
            assertThat(texts(next)).as("round %d", round).containsExactly("x", "y");
            next.offered.forEach(each -> session.acknowledge(each.id()));
            session.disconnected(CloseReason.GONE);
            old.disconnected(CloseReason.REPLACED);
        }
    }

    /** Sending, reconnecting and acknowledging at once: each message is acknowledged, none is forgotten. */
    @Test
    void nothingIsForgottenWhileTheClientComesAndGoes() {
        Map<UUID, CompletableFuture<AckResult>> results = new ConcurrentHashMap<>();
        AtomicBoolean sending = new AtomicBoolean(true);
        Thread sender = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < 20_000; i++) {
                Message message = to(ALICE, String.valueOf(i));
                CompletionStage<AckResult> result = router.sendAcknowledged(message, MINUTE);
                results.put(message.id(), result.toCompletableFuture());
                if (results.size() % 50 == 0) {
                    // No more than half of what may wait.
                    result.toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
                }
            }
            sending.set(false);
        });
        while (sending.get() && sender.isAlive()) {
            FakeConnection connection = new FakeConnection();
            ClientSession alice = fixture.endpoint.connect("alice", connection);
            for (int i = ThreadLocalRandom.current().nextInt(200); i > 0; i--) {
                Message message = connection.offered.poll();
                if (message != null && i % 10 != 0) {
                    alice.acknowledge(message.id());
                }
            }
            alice.disconnected(CloseReason.GONE);
        }
        FakeConnection last = new FakeConnection();
        ClientSession alice = fixture.endpoint.connect("alice", last);
        for (Message message = last.offered.poll(); message != null; message = last.offered.poll()) {
            alice.acknowledge(message.id());
        }
        assertThat(results).hasSize(20_000);
        results.values().forEach(result -> assertThat(get(result)).isEqualTo(new AckResult.Acked()));
    }
}
