package dev.signalbox.router;

import static dev.signalbox.router.RouterFixture.SOON;
import static dev.signalbox.router.RouterFixture.draft;
import static dev.signalbox.router.RouterFixture.get;
import static dev.signalbox.router.RouterFixture.texts;
import static dev.signalbox.router.RouterFixture.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.testing.services.CarrierThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The router's timers and what one caller gets do not depend on the code of others. */
@Timeout(120)
class IndependenceTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Address.Client ALICE = new Address.Client("alice");
    private static final Address.Client BOB = new Address.Client("bob");

    private final SettableClock clock = new SettableClock();

    private Router router(RouterListener listener) {
        return Router.create(RouterOptions.defaults().withDrain(Duration.ZERO), listener, clock);
    }

    @Test
    void aListenerThatThrowsAnErrorOrBlocksDoesNotHoldUpOtherDeadlines() {
        CountDownLatch release = new CountDownLatch(1);
        RouterListener hostile = new RouterListener() {
            @Override
            public void ackEnded(Message message, AckResult result) {
                if (message.payload().toString().equals("error")) {
                    throw new StackOverflowError("from a listener");
                }
                if (message.payload().toString().equals("block")) {
                    awaitQuietly(release);
                }
            }
        };
        try (Router router = router(hostile)) {
            List<CompletionStage<AckResult>> results = new ArrayList<>();
            for (String text : List.of("error", "block", "block", "error", "fine")) {
                results.add(router.sendAcknowledged(to(ALICE, text), MINUTE));
            }
            clock.advance(MINUTE);
            results.forEach(result -> assertThat(get(result)).isEqualTo(new AckResult.Expired(false)));
            release.countDown();
        }
    }

    @Test
    void aListenerThatBlocksHoldsUpNeitherItsUserNorAnother() throws InterruptedException {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        RouterListener blocking = new RouterListener() {
            @Override
            public void connected(SessionInfo session) {
                entered.countDown();
                awaitQuietly(release);
            }
        };
        try (Router router = router(blocking)) {
            FakeEndpoint endpoint = new FakeEndpoint();
            router.attach(endpoint);
            FakeConnection connection = new FakeConnection();
            Thread connecting = Thread.ofPlatform().start(() -> endpoint.connect("alice", connection));
            RouterFixture.await(entered);
            CompletableFuture<Void> others = CompletableFuture.runAsync(() -> {
                router.send(to(ALICE, "plain"));
                var _ = router.sendAcknowledged(to(ALICE, "acknowledged"), MINUTE);
                endpoint.connect("alice", new FakeConnection()).disconnected(CloseReason.GONE);
            });
            assertThat(others).succeedsWithin(Duration.ofSeconds(8));
            assertThat(connecting.isAlive()).isTrue();
            release.countDown();
            connecting.join();
            assertThat(texts(connection)).containsExactly("plain", "acknowledged");
        }
    }

    @Test
    void aContinuationThatBlocksOrThrowsDoesNotHoldUpOtherDeadlines() {
        CountDownLatch release = new CountDownLatch(1);
        try (Router router = router(RouterListener.NONE)) {
            router.add("silent", Logic.dispatched((message, context) -> {}));
            CompletableFuture<Void> blocked = router.request(to(Address.logic("silent"), "?"), MINUTE)
                    .<Void>handle((reply, failure) -> {
                        awaitQuietly(release);
                        throw new StackOverflowError("from a continuation");
                    })
                    .toCompletableFuture();
            CompletionStage<Message> next = router.request(to(Address.logic("silent"), "?"), MINUTE);
            clock.advance(MINUTE);

            assertThat(next.toCompletableFuture()).failsWithin(SOON);
            assertThat(blocked).isNotDone();
            release.countDown();
            assertThat(blocked).failsWithin(SOON);
        }
    }

    /** As many handlers as carriers of virtual threads, so that no virtual thread runs. */
    @Test
    void handlersThatKeepAllProcessorsBusyDoNotStopAClientsDeadline() throws Exception {
        AtomicBoolean busy = new AtomicBoolean(true);
        int carriers = CarrierThreads.count();
        CountDownLatch running = new CountDownLatch(carriers);
        try (Router router = router(RouterListener.NONE)) {
            FakeEndpoint endpoint = new FakeEndpoint();
            router.attach(endpoint);
            router.add("silent", Logic.dispatched((message, context) -> {}));
            router.add("spin", Logic.dispatched((message, context) -> {
                running.countDown();
                while (busy.get()) {
                    Thread.onSpinWait();
                }
            }));
            ClientSession alice = endpoint.connect("alice", new FakeConnection());
            CompletionStage<Message> reply = alice.request(draft(Address.logic("silent"), "?"), MINUTE);
            CompletionStage<AckResult> ack = alice.sendAcknowledged(draft(BOB, "x"), MINUTE);
            for (int i = 0; i < carriers; i++) {
                router.send(to(Address.logic("spin"), "now"));
            }
            assertThat(running.await(60, TimeUnit.SECONDS)).isTrue();
            clock.advance(MINUTE);

            assertThat(reply.toCompletableFuture()).failsWithin(Duration.ofSeconds(30));
            assertThat(ack.toCompletableFuture()).succeedsWithin(Duration.ofSeconds(30));
        } finally {
            busy.set(false);
        }
    }

    @Test
    void oneCallersTimeoutIsNotTheOthers() {
        try (Router router = router(RouterListener.NONE)) {
            FakeEndpoint endpoint = new FakeEndpoint();
            router.attach(endpoint);
            ClientSession alice = endpoint.connect("alice", new FakeConnection());
            Message message = to(ALICE, "x");
            CompletionStage<AckResult> impatient = router.sendAcknowledged(message, MINUTE);
            CompletionStage<AckResult> patient = router.sendAcknowledged(message, MINUTE);

            assertThat(impatient.toCompletableFuture().orTimeout(1, TimeUnit.MILLISECONDS))
                    .failsWithin(SOON)
                    .withThrowableOfType(ExecutionException.class);
            assertThat(patient.toCompletableFuture()).isNotDone();
            CompletionStage<AckResult> joined = router.sendAcknowledged(message, MINUTE);
            assertThat(joined.toCompletableFuture().orTimeout(1, TimeUnit.MILLISECONDS))
                    .failsWithin(SOON);
            assertThat(patient.toCompletableFuture()).isNotDone();
            alice.acknowledge(message.id());
            assertThat(get(patient)).isEqualTo(new AckResult.Acked());
        }
    }

    @Test
    void aConnectionMayAcknowledgeInsideOffer() {
        try (Router router = router(RouterListener.NONE)) {
            FakeEndpoint endpoint = new FakeEndpoint();
            router.attach(endpoint);
            List<CompletionStage<AckResult>> results = new ArrayList<>();
            for (int i = 0; i < 600; i++) {
                results.add(router.sendAcknowledged(to(ALICE, "m" + i), MINUTE));
            }
            AtomicReference<ClientSession> session = new AtomicReference<>();
            FakeConnection connection = new FakeConnection();
            List<Message> early = new ArrayList<>();
            connection.onOffer = message -> {
                ClientSession known = session.get();
                if (known == null) {
                    // Inside connect(), which has not returned the session yet.
                    early.add(message);
                } else {
                    assertThat(known.acknowledge(message.id())).isTrue();
                }
            };
            session.set(endpoint.connect("alice", connection));
            early.forEach(message -> session.get().acknowledge(message.id()));

            results.forEach(result -> assertThat(get(result)).isEqualTo(new AckResult.Acked()));
            assertThat(texts(connection)).hasSize(600).startsWith("m0", "m1").endsWith("m598", "m599");
        }
    }

    @Test
    void aPlainMessageDoesNotOvertakeTheAcknowledgedOnesOfItsSender() {
        try (Router router = router(RouterListener.NONE)) {
            FakeEndpoint endpoint = new FakeEndpoint();
            router.attach(endpoint);
            FakeConnection connection = new FakeConnection();
            ClientSession alice = endpoint.connect("alice", connection);
            ClientSession bob = endpoint.connect("bob", new FakeConnection());
            ClientSession carol = endpoint.connect("carol", new FakeConnection());
            for (int i = 0; i < 300; i++) {
                var _ = bob.sendAcknowledged(draft(ALICE, "a" + i), MINUTE);
            }
            assertThat(bob.send(draft(ALICE, "plain")).complete()).isTrue();
            var _ = bob.sendAcknowledged(draft(ALICE, "after"), MINUTE);
            assertThat(connection.offered).hasSize(Inbox.WINDOW_MESSAGES);
            assertThat(carol.send(draft(ALICE, "of another sender")).complete()).isTrue();
            assertThat(texts(connection)).last().isEqualTo("of another sender");

            for (int i = 0; i < 301; i++) {
                List<Message> offered = List.copyOf(connection.offered);
                offered.stream()
                        .filter(message -> message.intent() instanceof Intent.Confirm)
                        .skip(i)
                        .findFirst()
                        .ifPresent(message -> alice.acknowledge(message.id()));
            }
            assertThat(texts(connection)).hasSize(303).endsWith("a298", "a299", "plain", "after");
        }
    }

    @Test
    void aRecipientThatWasSentItIsNotToldOtherwise() {
        try (Router router = router(RouterListener.NONE)) {
            FakeEndpoint endpoint = new FakeEndpoint();
            router.attach(endpoint);
            List<AckResult> told = new ArrayList<>();
            FakeConnection connection = new FakeConnection();
            CompletionStage<AckResult> result = router.sendAcknowledged(to(ALICE, "x"), MINUTE);
            // The deadline passes while the message is on its way to the connection.
            connection.onOffer = message -> {
                clock.advance(MINUTE);
                told.add(get(result));
            };
            endpoint.connect("alice", connection);

            assertThat(told).containsExactly(new AckResult.Expired(true));
        }
    }

    @Test
    void whileNothingIsDueTheTimerSleeps() {
        AtomicReference<Integer> looked = new AtomicReference<>(0);
        try (Deadlines deadlines = new Deadlines(() -> {
            looked.updateAndGet(before -> before + 1);
            return clock.instant();
        })) {
            CountDownLatch due = new CountDownLatch(1);
            deadlines.at(clock.instant().plus(MINUTE), due::countDown);
            long start = System.nanoTime();
            await().until(() -> System.nanoTime() - start > TimeUnit.SECONDS.toNanos(1));
            assertThat(looked.get())
                    .as("looks at the clock in a second or more")
                    .isLessThan(40);
            clock.advance(MINUTE);
            await().until(() -> due.getCount() == 0);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            RouterFixture.await(latch);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
