package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.router.AckResult;
import dev.signalbox.router.Address;
import dev.signalbox.router.Authenticator;
import dev.signalbox.router.ClientIdentity;
import dev.signalbox.router.CloseReason;
import dev.signalbox.router.Endpoint;
import dev.signalbox.router.Logic;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.router.RequestException;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterOptions;
import dev.signalbox.testing.contract.TestClient.Event;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every endpoint must do, whatever its transport. Subclass it, and supply the endpoint and a client for it. */
@Timeout(60)
public abstract class EndpointContract {
    private static final Address.Logic SERVER = new Address.Logic("server");
    private static final Duration SOON = Duration.ofSeconds(10);

    private final List<TestClient> clients = new ArrayList<>();
    private final RecordingListener listener = new RecordingListener();
    private Router router;
    private Endpoint endpoint;

    /** What the contract needs set. */
    public record Settings(
            int maxFrameBytes, int maxOutboundBytes, int maxMessagesPerSecond, Duration authentication, Duration idle) {
        static final Settings DEFAULT =
                new Settings(64 << 10, 512 << 10, 100_000, Duration.ofMillis(400), Duration.ofSeconds(30));
    }

    /** A new endpoint on a free port of the loopback address. */
    protected abstract Endpoint endpoint(Authenticator authenticator, Settings settings);

    /** Connects, with a token in the handshake if there is one. It need not wait for the welcome. */
    protected abstract TestClient connect(URI address, Optional<String> token);

    private Router router(RouterOptions options) {
        return Router.create(
                options.withMaxPayloadBytes(48 << 10).withDrain(Duration.ofSeconds(2)),
                listener,
                InstantSource.system());
    }

    /** A token is good if it begins so; the rest is the client's id. */
    private Optional<ClientIdentity> authenticate(String token) {
        return token.startsWith("good-")
                ? Optional.of(new ClientIdentity(token.substring(5), Map.of("plan", "gold")))
                : Optional.empty();
    }

    @BeforeEach
    final void open() {
        open(RouterOptions.defaults(), this::authenticate, Settings.DEFAULT);
    }

    private void open(RouterOptions options, Authenticator authenticator, Settings settings) {
        router = router(options);
        endpoint = endpoint(authenticator, settings);
        router.attach(endpoint);
        router.add("echo", Logic.worker((message, context) -> context.reply(message, message.payload())));
    }

    @AfterEach
    final void shut() {
        clients.forEach(TestClient::close);
        router.close();
    }

    private void reopen(RouterOptions options, Settings settings) {
        router.close();
        open(options, this::authenticate, settings);
    }

    private void reopen(Authenticator authenticator, Settings settings) {
        router.close();
        open(RouterOptions.defaults(), authenticator, settings);
    }

    private TestClient dial(Optional<String> token) {
        TestClient client = connect(endpoint.address(), token);
        clients.add(client);
        return client;
    }

    private TestClient client(String id) {
        TestClient client = dial(Optional.of("good-" + id));
        assertThat(client.next()).isEqualTo(new Event.Welcome(id));
        return client;
    }

    private static Payload text(String value) {
        return Payload.text(value);
    }

    private static <T extends Event> T next(TestClient client, Class<T> kind) {
        Event event = client.next();
        assertThat(event).isInstanceOf(kind);
        return kind.cast(event);
    }

    private static String nextText(TestClient client) {
        return ((Payload.Text) next(client, Event.Incoming.class).payload()).value();
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
    }

    private void awaitGone(String id) {
        await().atMost(SOON).until(() -> router.client(id).isEmpty());
    }

    @Test
    void aGoodTokenIsWelcomeAndTheClientIsRegistered() {
        client("alice");

        assertThat(router.client("alice")).hasValueSatisfying(info -> {
            assertThat(info.metadata()).containsEntry("plan", "gold");
            assertThat(info.remoteAddress()).contains("127.0.0.1");
        });
    }

    @Test
    void aWrongTokenIsTurnedAway() {
        assertThat(dial(Optional.of("forged")).next()).isEqualTo(new Event.Closed(CloseReason.UNAUTHENTICATED));
        assertThat(router.clients()).isEmpty();
    }

    @Test
    void aTokenInTheFirstFrameIsWelcome() {
        TestClient client = dial(Optional.empty());
        client.authenticate("good-alice");

        assertThat(client.next()).isEqualTo(new Event.Welcome("alice"));
    }

    @Test
    void aWrongTokenInTheFirstFrameIsTurnedAway() {
        TestClient client = dial(Optional.empty());
        client.authenticate("forged");

        assertThat(client.next()).isEqualTo(new Event.Closed(CloseReason.UNAUTHENTICATED));
    }

    @Test
    void noTokenInTimeIsTurnedAway() {
        assertThat(dial(Optional.empty()).next()).isEqualTo(new Event.Closed(CloseReason.AUTHENTICATION_TIMEOUT));
    }

    @Test
    void sendingBeforeAuthenticationIsTurnedAway() {
        TestClient client = dial(Optional.empty());
        client.send(Optional.empty(), List.of("logic:echo"), text("let me in"));

        assertThat(client.next()).isEqualTo(new Event.Closed(CloseReason.UNAUTHENTICATED));
    }

    @Test
    void aSlowAuthenticatorHoldsNobodyElseUp() throws InterruptedException {
        CountDownLatch release = new CountDownLatch(1);
        reopen(
                token -> {
                    if (token.equals("good-slow")) {
                        awaitLatch(release);
                    }
                    return authenticate(token);
                },
                new Settings(64 << 10, 512 << 10, 1_000, Duration.ofSeconds(20), Duration.ofSeconds(30)));

        // More of them than there can be event loops in a test.
        List<TestClient> slow = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            slow.add(dial(Optional.of("good-slow")));
        }
        client("fast");
        release.countDown();
        assertThat(slow.getFirst().next()).isEqualTo(new Event.Welcome("slow"));
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aFailingAuthenticatorIsTheServersFault() {
        reopen(
                token -> {
                    throw new IllegalStateException("the directory is down");
                },
                Settings.DEFAULT);

        assertThat(dial(Optional.of("good-alice")).next()).isEqualTo(new Event.Closed(CloseReason.FAILED));
    }

    @Test
    void aClientReachesLogicAndLogicTheClient() {
        TestClient alice = client("alice");
        alice.send(Optional.of("1"), List.of("logic:echo"), text("hällo \"wörld\" \u0001 😀"));

        Map<Boolean, List<Event>> events = new HashMap<>();
        for (Event event : List.of(alice.next(), alice.next())) {
            events.computeIfAbsent(event instanceof Event.Ok, key -> new ArrayList<>())
                    .add(event);
        }
        assertThat(events.get(true)).containsExactly(new Event.Ok("1"));
        assertThat(events.get(false)).singleElement().isInstanceOfSatisfying(Event.Incoming.class, incoming -> {
            assertThat(incoming.from()).isEqualTo("logic:echo");
            assertThat(incoming.payload()).isEqualTo(text("hällo \"wörld\" \u0001 😀"));
            assertThat(incoming.acknowledge()).isFalse();
        });
    }

    @Test
    void aClientReachesAnotherAndNobodyElse() {
        TestClient alice = client("alice");
        TestClient bob = client("bob");
        TestClient carol = client("carol");

        alice.send(Optional.empty(), List.of("client:bob"), text("only you"));
        assertThat(next(bob, Event.Incoming.class).from()).isEqualTo("client:alice");
        alice.send(Optional.empty(), List.of("client:carol"), text("after"));
        assertThat(nextText(carol)).isEqualTo("after");
    }

    @Test
    void logicReachesOtherLogic() {
        TestClient alice = client("alice");
        router.add(
                "front",
                Logic.dispatched((message, context) -> context.send(Address.logic("back"), message.payload())));
        router.add(
                "back",
                Logic.worker(
                        (message, context) -> context.send(Address.client("alice"), text(message.source() + "!"))));

        alice.send(Optional.empty(), List.of("logic:front"), text("x"));
        assertThat(nextText(alice)).isEqualTo("logic:front!");
    }

    @Test
    void aListReachesEachOfItsMembersOnce() {
        TestClient alice = client("alice");
        TestClient bob = client("bob");
        client("carol");

        router.send(Message.of(
                SERVER,
                List.of(Address.client("alice"), Address.client("bob"), Address.client("alice")),
                text("you two")));
        router.send(Message.of(SERVER, Address.ALL, text("all")));

        for (TestClient client : List.of(alice, bob)) {
            assertThat(nextText(client)).isEqualTo("you two");
            assertThat(nextText(client)).isEqualTo("all");
        }
    }

    @Test
    void aBroadcastReachesEverybodyInOrderWithWhatElseTheyGet() {
        List<TestClient> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            all.add(client("c" + i));
        }
        for (int i = 0; i < 50; i++) {
            router.send(Message.of(SERVER, Address.ALL, text("all " + i)));
            router.send(Message.of(SERVER, Address.client("c7"), text("c7 " + i)));
        }
        for (int i = 0; i < 50; i++) {
            for (TestClient client : all) {
                assertThat(nextText(client)).isEqualTo("all " + i);
            }
            assertThat(nextText(all.get(7))).isEqualTo("c7 " + i);
        }
    }

    @Test
    void bytesArriveAsTheyWere() {
        TestClient alice = client("alice");
        byte[] bytes = new byte[256];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        alice.send(Optional.empty(), List.of("logic:echo"), Payload.binary(bytes));

        assertThat(next(alice, Event.Incoming.class).payload()).isEqualTo(Payload.binary(bytes));
    }

    @Test
    void theSenderSeesWhatWentWrong() {
        router.add("passive", Logic.passive(context -> {}));
        TestClient alice = client("alice");

        alice.send(Optional.of("1"), List.of("logic:nobody"), text("x"));
        assertThat(next(alice, Event.Failed.class)).satisfies(failed -> {
            assertThat(failed.id()).contains("1");
            assertThat(failed.code()).isEqualTo("unknown-logic");
            assertThat(failed.message()).contains("nobody");
        });
        alice.send(Optional.empty(), List.of("client:nobody"), text("x"));
        assertThat(next(alice, Event.Failed.class).code()).isEqualTo("unknown-client");
        alice.send(Optional.of("3"), List.of("logic:passive"), text("x"));
        assertThat(next(alice, Event.Failed.class).code()).isEqualTo("passive-logic");
        alice.send(Optional.of("4"), List.of("logic:echo"), text("x".repeat(50 << 10)));
        assertThat(next(alice, Event.Failed.class).code()).isEqualTo("too-large");
        alice.send(Optional.of("5"), List.of("nonsense"), text("x"));
        assertThat(next(alice, Event.Failed.class).code()).isEqualTo("malformed");
    }

    @Test
    void middlewareRejectsInBothDirectionsAndTheSenderIsTold() {
        TestClient alice = client("alice");
        router.onReceive(message -> isText(message, "in") ? message.rejected("not in here") : message);
        router.onSend(message -> isText(message, "out") ? message.rejected("not out there") : message);

        alice.send(Optional.of("1"), List.of("logic:echo"), text("in"));
        assertThat(next(alice, Event.Failed.class))
                .isEqualTo(new Event.Failed(Optional.of("1"), "rejected", "not in here"));
        alice.send(Optional.of("2"), List.of("client:alice"), text("out"));
        assertThat(next(alice, Event.Failed.class))
                .isEqualTo(new Event.Failed(Optional.of("2"), "rejected", "not out there"));
        alice.send(Optional.empty(), List.of("client:alice"), text("fine"));
        assertThat(nextText(alice)).isEqualTo("fine");
    }

    private static boolean isText(Message message, String value) {
        return message.payload().equals(text(value));
    }

    @Test
    void aRequestToLogicGetsItsReply() {
        TestClient alice = client("alice");
        alice.request("q1", "logic:echo", text("ping"), SOON);

        assertThat(alice.next()).isEqualTo(new Event.Replied("q1", "logic:echo", text("ping")));
    }

    @Test
    void aRequestToAnotherClientGetsItsReply() {
        TestClient alice = client("alice");
        TestClient bob = client("bob");

        alice.request("q1", "client:bob", text("how are you?"), SOON);
        Event.Asked asked = next(bob, Event.Asked.class);
        bob.reply(asked.id(), text("fine"));
        assertThat(alice.next()).isEqualTo(new Event.Replied("q1", "client:bob", text("fine")));

        bob.reply(asked.id(), text("twice"));
        assertThat(next(bob, Event.Failed.class).code()).isEqualTo("unknown-request");
    }

    @Test
    void nobodyAnswersForSomebodyElse() {
        TestClient bob = client("bob");
        TestClient mallory = client("mallory");
        CompletionStage<Message> reply =
                router.request(Message.of(SERVER, Address.client("bob"), text("secret?")), SOON);

        Event.Asked asked = next(bob, Event.Asked.class);
        mallory.reply(asked.id(), text("forged"));
        assertThat(next(mallory, Event.Failed.class).code()).isEqualTo("unknown-request");
        bob.reply(asked.id(), text("true"));
        assertThat(get(reply).payload()).isEqualTo(text("true"));
    }

    @Test
    void aRequestWithoutAReplyTimesOut() {
        router.add("silent", Logic.dispatched((message, context) -> {}));
        TestClient alice = client("alice");

        alice.request("q1", "logic:silent", text("?"), Duration.ofMillis(100));
        assertThat(next(alice, Event.Failed.class).code()).isEqualTo("timeout");
    }

    @Test
    void aRequestToFailingLogicFailsAtOnce() {
        router.add("failing", Logic.dispatched((message, context) -> {
            throw new IllegalStateException("broken");
        }));
        TestClient alice = client("alice");

        alice.request("q1", "logic:failing", text("?"), SOON);
        assertThat(next(alice, Event.Failed.class).code()).isEqualTo("logic-failed");
        assertThat(router.request(Message.of(SERVER, Address.client("nobody"), text("?")), SOON))
                .failsWithin(SOON)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(RequestException.class);
    }

    @Test
    void anAcknowledgedMessageIsDone() {
        TestClient alice = client("alice");
        CompletionStage<AckResult> result = ask("alice", "important", SOON);

        Event.Incoming incoming = next(alice, Event.Incoming.class);
        assertThat(incoming.acknowledge()).isTrue();
        alice.acknowledge(incoming.id());
        assertThat(get(result)).isEqualTo(new AckResult.Acked());
    }

    private CompletionStage<AckResult> ask(String client, String text, Duration within) {
        return router.sendAcknowledged(Message.of(SERVER, Address.client(client), text(text)), within);
    }

    @Test
    void aRefusedMessageIsRejectedWithTheReason() {
        TestClient alice = client("alice");
        CompletionStage<AckResult> result = ask("alice", "unwanted", SOON);

        alice.refuse(next(alice, Event.Incoming.class).id(), "no more ads");
        assertThat(get(result))
                .isInstanceOfSatisfying(
                        AckResult.Rejected.class,
                        rejected -> assertThat(rejected.error().message()).contains("no more ads"));
    }

    @Test
    void whatIsNotAcknowledgedComesAgainAfterAReconnect() {
        TestClient first = client("alice");
        CompletionStage<AckResult> one = ask("alice", "one", SOON);
        CompletionStage<AckResult> two = ask("alice", "two", SOON);
        Event.Incoming seen = next(first, Event.Incoming.class);
        next(first, Event.Incoming.class);
        first.acknowledge(seen.id());
        assertThat(get(one)).isEqualTo(new AckResult.Acked());
        first.abort();
        awaitGone("alice");
        CompletionStage<AckResult> three = ask("alice", "three", SOON);

        TestClient second = client("alice");
        for (String expected : List.of("two", "three")) {
            Event.Incoming again = next(second, Event.Incoming.class);
            assertThat(again.payload()).isEqualTo(text(expected));
            second.acknowledge(again.id());
        }
        assertThat(get(two)).isEqualTo(new AckResult.Acked());
        assertThat(get(three)).isEqualTo(new AckResult.Acked());
    }

    @Test
    void aLongListThatWaitsDoesNotOverwhelmTheClientThatComesBack() {
        List<CompletionStage<AckResult>> results = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            results.add(ask("alice", i + " " + "x".repeat(30 << 10), SOON));
        }
        TestClient alice = client("alice");
        for (int i = 0; i < 100; i++) {
            Event.Incoming incoming = next(alice, Event.Incoming.class);
            assertThat(((Payload.Text) incoming.payload()).value()).startsWith(i + " ");
            alice.acknowledge(incoming.id());
        }
        results.forEach(result -> assertThat(get(result)).isEqualTo(new AckResult.Acked()));
    }

    @Test
    void whatNobodyAcknowledgesExpires() {
        client("silent");

        assertThat(get(ask("silent", "x", Duration.ofMillis(50)))).isEqualTo(new AckResult.Expired(true));
        assertThat(get(ask("absent", "x", Duration.ofMillis(50)))).isEqualTo(new AckResult.Expired(false));
    }

    @Test
    void aClientCanAskAnotherToAcknowledge() {
        TestClient alice = client("alice");
        alice.sendAcknowledged("1", "client:bob", text("later"), SOON);
        TestClient bob = client("bob");

        bob.acknowledge(next(bob, Event.Incoming.class).id());
        assertThat(alice.next()).isEqualTo(new Event.Ok("1"));
        alice.sendAcknowledged("2", "client:nobody", text("never"), Duration.ofMillis(50));
        assertThat(next(alice, Event.Failed.class).code()).isEqualTo("timeout");
    }

    @Test
    void aSecondConnectionReplacesTheFirst() {
        TestClient first = client("alice");
        TestClient second = client("alice");

        assertThat(first.next()).isEqualTo(new Event.Closed(CloseReason.REPLACED));
        router.send(Message.of(SERVER, Address.client("alice"), text("which?")));
        assertThat(nextText(second)).isEqualTo("which?");
        assertThat(router.clients()).hasSize(1);
    }

    @Test
    void aSecondConnectionIsRefusedIfSoConfigured() {
        reopen(RouterOptions.defaults().withDuplicateClient(RouterOptions.DuplicateClient.REFUSE), Settings.DEFAULT);
        TestClient first = client("alice");
        TestClient second = dial(Optional.of("good-alice"));

        assertThat(second.next()).isEqualTo(new Event.Closed(CloseReason.ALREADY_CONNECTED));
        router.send(Message.of(SERVER, Address.client("alice"), text("still there")));
        assertThat(nextText(first)).isEqualTo("still there");
    }

    @Test
    void anOversizedFrameEndsTheConnection() {
        TestClient alice = client("alice");
        alice.send(Optional.empty(), List.of("logic:echo"), text("x".repeat(200 << 10)));

        assertThat(alice.next()).isEqualTo(new Event.Closed(CloseReason.TOO_LARGE));
    }

    @Test
    void rubbishEndsTheConnection() {
        TestClient alice = client("alice");
        TestClient bob = client("bob");
        alice.sendRubbish();

        assertThat(alice.next()).isEqualTo(new Event.Closed(CloseReason.MALFORMED));
        bob.send(Optional.empty(), List.of("logic:echo"), text("unaffected"));
        assertThat(nextText(bob)).isEqualTo("unaffected");
    }

    @Test
    void tooManyMessagesASecondEndTheConnection() {
        reopen(
                RouterOptions.defaults(),
                new Settings(64 << 10, 512 << 10, 5, Duration.ofSeconds(5), Duration.ofSeconds(30)));
        TestClient alice = client("alice");
        router.add("sink", Logic.dispatched((message, context) -> {}));
        for (int i = 0; i < 7; i++) {
            alice.send(Optional.empty(), List.of("logic:sink"), text("x"));
        }
        assertThat(alice.next()).isEqualTo(new Event.Closed(CloseReason.TOO_FAST));
    }

    @Test
    void aSilentConnectionEnds() {
        reopen(
                RouterOptions.defaults(),
                new Settings(64 << 10, 512 << 10, 5, Duration.ofSeconds(5), Duration.ofMillis(400)));
        TestClient alive = client("alive");
        TestClient dead = client("dead");
        dead.stopReading();

        await().atMost(SOON).until(() -> listener.disconnected().get("dead") == CloseReason.IDLE);
        // Its client answers pings by itself.
        assertThat(router.client("alive")).isPresent();
        router.send(Message.of(SERVER, Address.client("alive"), text("hello")));
        assertThat(nextText(alive)).isEqualTo("hello");
    }

    @Test
    void aSlowConsumerIsDisconnectedAndHoldsNobodyUp() {
        TestClient slow = client("slow");
        TestClient healthy = client("healthy");
        slow.stopReading();

        String kilobytes = "x".repeat(16 << 10);
        int sent = 0;
        while (!listener.disconnected().containsKey("slow") && sent < 5_000) {
            router.send(Message.of(SERVER, Address.ALL, text(kilobytes)));
            assertThat(nextText(healthy)).isEqualTo(kilobytes);
            sent++;
        }
        assertThat(listener.disconnected()).containsEntry("slow", CloseReason.SLOW_CONSUMER);
        assertThat(router.client("healthy")).isPresent();
        // Once it reads again, it finds what was sent before, and why no more follows.
        slow.startReading();
        Event last = slow.next();
        while (last instanceof Event.Incoming) {
            last = slow.next();
        }
        assertThat(last).isEqualTo(new Event.Closed(CloseReason.SLOW_CONSUMER));
    }

    @Test
    void eachSendersMessagesKeepTheirOrder() {
        TestClient receiver = client("receiver");
        int senders = 4;
        int each = 300;
        List<CompletableFuture<Void>> sending = new ArrayList<>();
        for (int s = 0; s < senders; s++) {
            TestClient sender = client("s" + s);
            sending.add(CompletableFuture.runAsync(() -> {
                for (int i = 0; i < each; i++) {
                    sender.send(Optional.empty(), List.of("client:receiver"), text(String.valueOf(i)));
                }
            }));
        }
        Map<String, Integer> expected = new HashMap<>();
        for (int i = 0; i < senders * each; i++) {
            Event.Incoming incoming = next(receiver, Event.Incoming.class);
            int number = expected.merge(incoming.from(), 1, Integer::sum) - 1;
            assertThat(incoming.payload()).isEqualTo(text(String.valueOf(number)));
        }
        sending.forEach(CompletableFuture::join);
    }

    @Test
    void aClientThatLeavesIsGone() {
        client("polite").close();
        client("rude").abort();

        awaitGone("polite");
        awaitGone("rude");
        assertThat(listener.disconnected())
                .containsEntry("polite", CloseReason.GONE)
                .containsEntry("rude", CloseReason.GONE);
    }

    @Test
    void aRemovedClientIsDisconnected() {
        TestClient alice = client("alice");

        assertThat(router.disconnect("alice", CloseReason.REMOVED)).isTrue();
        assertThat(alice.next()).isEqualTo(new Event.Closed(CloseReason.REMOVED));
        awaitGone("alice");
        assertThat(router.disconnect("alice", CloseReason.REMOVED)).isFalse();
    }

    @Test
    void whileDrainingWorkIsFinishedAndNothingNewIsTaken() throws InterruptedException {
        CountDownLatch release = new CountDownLatch(1);
        router.add("slow", Logic.worker((message, context) -> {
            awaitLatch(release);
            context.reply(message, text("finished"));
        }));
        TestClient alice = client("alice");
        alice.request("q1", "logic:slow", text("work"), SOON);
        alice.send(Optional.of("1"), List.of("client:alice"), text("in between"));
        assertThat(List.of(alice.next(), alice.next())).contains(new Event.Ok("1"));

        assertThat(router.drain(Duration.ofMillis(50))).isFalse();
        alice.send(Optional.of("2"), List.of("logic:echo"), text("too late"));
        assertThat(next(alice, Event.Failed.class).code()).isEqualTo("closing");
        release.countDown();
        assertThat(router.drain(SOON)).isTrue();
        assertThat(alice.next()).isEqualTo(new Event.Replied("q1", "logic:slow", text("finished")));

        router.close();
        assertThat(alice.next()).isEqualTo(new Event.Closed(CloseReason.RESTARTING));
    }

    @Test
    void whatWasSentBeforeTheEndStillArrives() {
        TestClient alice = client("alice");
        for (int i = 0; i < 200; i++) {
            router.send(Message.of(SERVER, Address.client("alice"), text("m" + i)));
        }
        router.close();

        for (int i = 0; i < 200; i++) {
            assertThat(nextText(alice)).isEqualTo("m" + i);
        }
        assertThat(alice.next()).isEqualTo(new Event.Closed(CloseReason.RESTARTING));
    }
}
