package dev.signalbox.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.signalbox.endpoint.netty.ListenerOptions;
import dev.signalbox.router.Endpoint;
import dev.signalbox.router.Logic;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** What a client does while its connection lasts, against a real endpoint. */
@Timeout(120)
class SignalboxClientTest extends ClientFixture {
    private static final Duration LONG = Duration.ofSeconds(30);

    @Test
    void messagesAcknowledgementsAndRequests() {
        Recorder bob = new Recorder()
                .handling(message -> {
                    if (message.text().equals("refuse me")) {
                        throw new MessageRefusal("not today");
                    }
                })
                .answering(request -> CompletableFuture.completedFuture(Draft.json(Map.of("echo", request.text()))));
        ready("bob", bob);
        SignalboxClient alice = client("alice", ClientListener.NONE);

        assertThat(get(alice.send("client:bob", Draft.text("hello").withHeader("priority", "low")))
                        .accepted())
                .isEqualTo(1);
        get(alice.sendAcknowledged("client:bob", Draft.text("sign here"), LONG));
        assertThat(failure(alice.sendAcknowledged("client:bob", Draft.text("refuse me"), LONG)))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.code()).isEqualTo("rejected"))
                .hasMessageContaining("not today");
        Message reply = get(alice.request("client:bob", Draft.text("anybody?"), LONG));
        assertThat(reply.json(JsonNode.class).get("echo").asString()).isEqualTo("anybody?");
        assertThat(failure(alice.send(List.of("logic:nobody"), Draft.text("x"))))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.target()).contains("logic:nobody"));

        assertThat(bob.texts()).containsExactly("hello", "sign here", "refuse me");
        Message first = bob.all(Message.class).getFirst();
        assertThat(first.from()).isEqualTo("client:alice");
        assertThat(first.headers()).isEqualTo(Map.of("priority", "low"));
        assertThat(alice.clientId()).contains("alice");
        assertThat(alice.sessionId()).isPresent();
    }

    @Test
    void topicsOnceInOrderAndFromWhereOneLikes() {
        SignalboxClient alice = client("alice", ClientListener.NONE);
        Published first = get(alice.publish("news", Draft.text("one"), "k"));
        assertThat(get(alice.publish("news", Draft.text("again"), "k")))
                .isEqualTo(new Published(first.position(), true));
        get(alice.publish("news", Draft.json(Map.of("number", 2))));
        Recorder topic = new Recorder();
        SignalboxClient bob = client("bob", ClientListener.NONE);
        Subscription subscription = get(bob.subscribe("news", new TopicStart.Oldest(), topic));
        get(alice.publish("news", Draft.binary(new byte[] {3})));

        topic.awaitCount(Message.class, 3);
        List<Message> messages = topic.all(Message.class);
        assertThat(messages)
                .extracting(Message::offset)
                .containsExactly(OptionalLong.of(1), OptionalLong.of(2), OptionalLong.of(3));
        assertThat(messages.get(1).json(JsonNode.class).get("number").asInt()).isEqualTo(2);
        assertThat(messages.get(1).headers()).containsEntry("content-type", "application/json");
        assertThat(messages.get(2).payload()).isEqualTo(Payload.binary(new byte[] {3}));
        assertThat(subscription.position())
                .contains(new Position(first.position().epoch(), 3));

        Recorder later = new Recorder();
        SignalboxClient carol = client("carol", ClientListener.NONE);
        get(carol.subscribe("news", new TopicStart.After(first.position()), later));
        later.awaitCount(Message.class, 2);
        assertThat(later.all(Message.class).getFirst().offset()).hasValue(2);

        get(subscription.unsubscribe());
        get(alice.publish("news", Draft.text("unheard")));
        later.awaitCount(Message.class, 3);
        assertThat(topic.all(Message.class)).hasSize(3);
        assertThat(failure(bob.subscribe("secrets", new TopicStart.Now(), topic)))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.code()).isEqualTo("forbidden"));
        assertThat(failure(carol.subscribe("news", new TopicStart.Now(), later)))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aSubscriberWhoComesLateIsToldWhatIsNotKept() {
        SignalboxClient alice = client("alice", ClientListener.NONE);
        Position first = get(alice.publish("small/1", Draft.text("m1"))).position();
        for (int i = 2; i <= 9; i++) {
            get(alice.publish("small/1", Draft.text("m" + i)));
        }
        Recorder topic = new Recorder();
        SignalboxClient bob = client("bob", ClientListener.NONE);
        Subscription subscription = get(bob.subscribe("small/1", new TopicStart.After(first), topic));

        topic.awaitCount(Message.class, 5);
        assertThat(topic.events.getFirst()).isEqualTo(new Gap("small/1", 2, 5, Gap.Reason.LOST));
        assertThat(topic.texts()).containsExactly("m5", "m6", "m7", "m8", "m9");
        assertThat(subscription.position()).contains(new Position(first.epoch(), 9));
    }

    @Test
    void ofMessagesWithAKeyWhoComesLateGetsTheNewest() {
        SignalboxClient alice = client("alice", ClientListener.NONE);
        for (String price : List.of("a1", "b2", "a3")) {
            get(alice.publish("prices/1", Draft.text(price).withHeader("symbol", price.substring(0, 1))));
        }
        Recorder topic = new Recorder();
        get(client("bob", ClientListener.NONE).subscribe("prices/1", new TopicStart.Oldest(), topic));

        topic.awaitCount(Message.class, 2);
        assertThat(topic.events.getFirst()).isEqualTo(new Gap("prices/1", 1, 2, Gap.Reason.CONFLATED));
        assertThat(topic.texts()).containsExactly("b2", "a3");
    }

    @Test
    void whatIsVolatileComesToThoseWhoAreThere() {
        Recorder topic = new Recorder();
        SignalboxClient bob = client("bob", ClientListener.NONE);
        get(bob.subscribe("news", new TopicStart.Now(), topic));
        Recorder alices = new Recorder();
        SignalboxClient alice = ready("alice", alices);
        get(alice.publish("news", Draft.text("kept")));
        get(alice.publishVolatile("news", Draft.text("typing")));

        topic.awaitCount(Message.class, 2);
        assertThat(topic.all(Message.class))
                .extracting(Message::offset)
                .containsExactly(OptionalLong.of(1), OptionalLong.empty());
        alice.close();
        assertThat(failure(alice.publishVolatile("news", Draft.text("x")))).isInstanceOf(ConnectionLostException.class);
    }

    @Test
    void whoIsThereCanBeAskedAndFollowed() {
        Recorder changes = new Recorder();
        SignalboxClient alice = client("alice", ClientListener.NONE);
        get(alice.subscribe("rooms/1~presence", new TopicStart.Now(), changes));
        get(alice.subscribe("rooms/1", new TopicStart.Now(), message -> {}));
        Subscription bobs =
                get(client("bob", ClientListener.NONE).subscribe("rooms/1", new TopicStart.Now(), message -> {}));

        assertThat(get(alice.presence("rooms/1"))).isEqualTo(new Presence(List.of("alice", "bob"), 2));
        changes.awaitAny(
                event -> event instanceof Message message && message.text().contains("\"bob\""));
        get(bobs.unsubscribe());
        changes.awaitAny(
                event -> event instanceof Message message && message.text().contains("\"left\":[\"bob\"]"));
    }

    @Test
    void whatTheServerSubscribesTheSessionToIsTold() {
        Recorder recorder = new Recorder();
        SignalboxClient bob = ready("bob", recorder);
        String session = bob.sessionId().orElseThrow();
        router.subscribe(router.sessions("bob").getFirst().id(), "orders");
        get(client("alice", ClientListener.NONE).publish("orders", Draft.text("for you")));

        recorder.awaitAny(
                event -> event instanceof Message message && message.text().equals("for you"));
        assertThat(recorder.all(Subscription.class))
                .singleElement()
                .satisfies(subscription -> assertThat(subscription.topic()).isEqualTo("orders"));
        router.unsubscribe(router.sessions("bob").getFirst().id(), "orders");
        recorder.awaitAny(new Recorder.Ended("orders")::equals);
        assertThat(bob.sessionId()).contains(session);
    }

    @Test
    void aTokenThatIsRefusedEndsIt() {
        Recorder recorder = new Recorder();
        SignalboxClient client = fragile(ClientOptions.withToken("bad"), recorder);
        CompletableFuture<Published> call = client.publish("news", Draft.text("x"));

        recorder.awaitAny(new Recorder.Closed(4401)::equals);
        assertThat(failure(call)).isInstanceOf(ConnectionLostException.class);
        assertThat(client.state()).isEqualTo(State.CLOSED);
        assertThat(failure(client.send("client:bob", Draft.text("x")))).isInstanceOf(ConnectionLostException.class);
        assertThat(failure(client.subscribe("news", new TopicStart.Now(), message -> {})))
                .isInstanceOf(ConnectionLostException.class);
    }

    @Test
    void aSourceOfTokensMayHaveABetterOneAndIsAskedThreeTimes() {
        AtomicInteger asked = new AtomicInteger();
        Recorder renewed = new Recorder();
        ClientOptions second = ClientOptions.withTokens(() -> asked.incrementAndGet() == 1 ? "expired" : "good-alice")
                .withRetry(Duration.ofMillis(1), Duration.ofMillis(1));
        fragile(second, renewed);
        renewed.awaitState(State.OPEN);
        assertThat(asked).hasValue(2);

        AtomicInteger never = new AtomicInteger();
        Recorder refused = new Recorder();
        fragile(
                ClientOptions.withTokens(() -> "bad" + never.incrementAndGet())
                        .withRetry(Duration.ofMillis(1), Duration.ofMillis(1)),
                refused);
        refused.awaitAny(new Recorder.Closed(4401)::equals);
        assertThat(never).hasValue(3);
    }

    @Test
    void callsBeyondTheLimitFailAtOnce() {
        SignalboxClient alice = fragile(options("alice").withMaxCalls(2), ClientListener.NONE);
        router.add("silent", Logic.dispatched((message, context) -> {}));
        List<CompletableFuture<Message>> waiting = List.of(
                alice.request("logic:silent", Draft.text("1"), LONG),
                alice.request("logic:silent", Draft.text("2"), LONG));
        assertThat(failure(alice.request("logic:silent", Draft.text("3"), LONG)))
                .isInstanceOf(TooManyCallsException.class);
        alice.close();
        waiting.forEach(each -> assertThat(failure(each)).isInstanceOf(ConnectionLostException.class));
    }

    /** They go together as far as the server takes them: one byte too many would be the end of the client. */
    @Test
    void whatIsSentTogetherStaysWithinTheServersLimit() {
        Endpoint narrow = endpoint(
                on -> on.withLimits(new ListenerOptions.Limits(1 << 10, 1 << 20, 100, 100, 1_000, 0)),
                ClientFixture::authenticate);
        Recorder bob = new Recorder();
        ready("bob", bob);
        Recorder alices = new Recorder();
        SignalboxClient alice = client(options("alice"), narrow.address(), alices);
        // They wait for the connection, and so are sent at once.
        List<CompletableFuture<Sent>> sent = IntStream.range(0, 100)
                .mapToObj(i -> alice.send("client:bob", Draft.text("m" + i)))
                .toList();

        sent.forEach(each -> assertThat(get(each).accepted()).isEqualTo(1));
        bob.awaitCount(Message.class, 100);
        assertThat(alices.all(Recorder.Closed.class)).isEmpty();
    }

    @Test
    void theGoodbyeEndsTheSessionAndIsFinal() {
        Recorder recorder = new Recorder();
        SignalboxClient alice = ready("alice", recorder);
        alice.close();
        alice.close();

        await().until(() -> router.sessions("alice").isEmpty());
        recorder.awaitAny(new Recorder.Closed(1000)::equals);
        assertThat(recorder.all(Recorder.Closed.class)).hasSize(1);
        assertThat(alice.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void whatCannotBeIsRefusedAtOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SignalboxClient.connect(
                        URI.create("http://localhost/ws"), ClientOptions.withToken("t"), ClientListener.NONE))
                .withMessageContaining("ws://");
        for (String wrong : List.of("ws:///ws", "ws://localhost/ws#part")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> SignalboxClient.connect(
                            URI.create(wrong), ClientOptions.withToken("t"), ClientListener.NONE))
                    .withMessageContaining("fragment");
        }
        ClientOptions options = ClientOptions.withToken("secret-token");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options.withMaxCalls(0))
                .withMessageContaining("maxCalls");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options.withRetry(Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .withMessageContaining("pauses");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options.withTimeout(Duration.ZERO))
                .withMessageContaining("timeout");
        assertThat(options.toString()).doesNotContain("secret-token");
    }
}
