package dev.signalbox.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.endpoint.netty.ListenerOptions;
import dev.signalbox.router.Endpoint;
import dev.signalbox.router.Logic;
import dev.signalbox.router.Principal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a client does when its connection breaks: a proxy breaks it. */
@Timeout(120)
class ReconnectTest extends ClientFixture {
    private static final Duration LONG = Duration.ofSeconds(30);

    private void awaitAway(Recorder recorder) {
        recorder.awaitState(State.WAITING);
    }

    @Test
    void itIsTheSameSessionAndNothingIsMissing() {
        Recorder direct = new Recorder();
        Recorder topic = new Recorder();
        SignalboxClient bob = fragile(options("bob"), direct);
        get(bob.subscribe("rooms/2", new TopicStart.Now(), topic));
        SignalboxClient alice = client("alice", ClientListener.NONE);
        get(alice.publish("rooms/2", Draft.text("before")));
        topic.awaitCount(Message.class, 1);
        String session = bob.sessionId().orElseThrow();
        proxy.cut();
        awaitAway(direct);
        get(alice.publish("rooms/2", Draft.text("meanwhile 1")));
        await().until(() -> !router.sessions("bob").getFirst().connected());
        get(alice.send("client:bob#" + session, Draft.text("direct")));
        CompletableFuture<Void> signed =
                alice.sendAcknowledged("client:bob#" + session, Draft.text("acknowledge me"), LONG);
        get(alice.publish("rooms/2", Draft.text("meanwhile 2")));
        proxy.heal();

        direct.awaitAny(new Recorder.Resumed(session)::equals);
        get(alice.publish("rooms/2", Draft.text("after")));
        topic.awaitCount(Message.class, 4);
        assertThat(topic.events).hasSize(4);
        assertThat(topic.texts()).containsExactly("before", "meanwhile 1", "meanwhile 2", "after");
        get(signed);
        assertThat(direct.texts()).containsExactly("direct", "acknowledge me");
    }

    @Test
    void withoutResumingItIsAnotherSessionAndTopicsGoOn() {
        Recorder recorder = new Recorder();
        Recorder topic = new Recorder();
        SignalboxClient bob = fragile(options("bob").withResume(false), recorder);
        get(bob.subscribe("rooms/3", new TopicStart.Now(), topic));
        publish("rooms/3", "before");
        topic.awaitCount(Message.class, 1);
        String session = bob.sessionId().orElseThrow();
        proxy.cut();
        awaitAway(recorder);
        publish("rooms/3", "meanwhile");
        proxy.heal();

        recorder.awaitCount(Recorder.Restarted.class, 1);
        assertThat(bob.sessionId()).isPresent().isNotEqualTo(Optional.of(session));
        publish("rooms/3", "after");
        topic.awaitCount(Message.class, 3);
        assertThat(topic.texts()).containsExactly("before", "meanwhile", "after");
    }

    @Test
    void whatIsNotKeptMeanwhileIsAGap() {
        Recorder recorder = new Recorder();
        Recorder topic = new Recorder();
        SignalboxClient bob = fragile(options("bob"), recorder);
        get(bob.subscribe("small/2", new TopicStart.Now(), topic));
        publish("small/2", "m1");
        topic.awaitCount(Message.class, 1);
        proxy.cut();
        awaitAway(recorder);
        for (int i = 2; i <= 9; i++) {
            publish("small/2", "m" + i);
        }
        proxy.heal();

        topic.awaitAny(
                event -> event instanceof Message message && message.text().equals("m9"));
        assertThat(topic.all(Gap.class)).containsExactly(new Gap("small/2", 2, 5, Gap.Reason.LOST));
        assertThat(topic.texts()).containsExactly("m1", "m5", "m6", "m7", "m8", "m9");
    }

    /** The answer is swallowed, so the server has it: the topic takes it once all the same. */
    @Test
    void aPublicationWhoseAnswerIsLostIsRepeatedAndTakenOnce() {
        Recorder recorder = new Recorder();
        SignalboxClient alice = fragile(options("alice"), recorder);
        recorder.awaitState(State.OPEN);
        proxy.swallowAnswers();
        CompletableFuture<Published> published = alice.publish("news", Draft.text("once"));
        await().until(() ->
                router.topic("news").isPresent() && router.topic("news").get().last() == 1);
        proxy.cutOnce();

        assertThat(get(published)).satisfies(place -> {
            assertThat(place.position().offset()).isEqualTo(1);
            assertThat(place.repeated()).isTrue();
        });
        assertThat(router.topic("news").orElseThrow().last()).isEqualTo(1);
    }

    @Test
    void whatIsUnderWayFailsAndWhatWaitsIsSentLater() {
        Recorder bobs = new Recorder();
        client("bob", bobs);
        bobs.awaitState(State.OPEN);
        Recorder recorder = new Recorder();
        SignalboxClient alice = fragile(options("alice"), recorder);
        AtomicInteger arrived = new AtomicInteger();
        router.add("silent", Logic.dispatched((message, context) -> arrived.incrementAndGet()));
        CompletableFuture<Message> asked = alice.request("logic:silent", Draft.text("will you answer?"), LONG);
        recorder.awaitState(State.OPEN);
        await().until(() -> arrived.get() == 1);
        proxy.cut();
        assertThat(failure(asked)).isInstanceOf(ConnectionLostException.class);

        CompletableFuture<Sent> waiting = alice.send("client:bob", Draft.text("waits"));
        assertThat(waiting).isNotDone();
        proxy.heal();
        assertThat(get(waiting).accepted()).isEqualTo(1);
        bobs.awaitAny(
                event -> event instanceof Message message && message.text().equals("waits"));
    }

    /** It comes again with the next connection, and is not handled again. */
    @Test
    void aMessageWhoseAcknowledgementIsLostIsHandledOnce() {
        AtomicInteger handled = new AtomicInteger();
        CompletableFuture<Void> mayReturn = new CompletableFuture<>();
        Recorder recorder = new Recorder().handling(message -> {
            handled.incrementAndGet();
            get(mayReturn);
        });
        fragile(options("bob"), recorder);
        recorder.awaitState(State.OPEN);
        CompletableFuture<Void> signed =
                client("alice", ClientListener.NONE).sendAcknowledged("client:bob", Draft.text("sign"), LONG);
        await().until(() -> handled.get() == 1);
        proxy.cut();
        await().until(() -> !router.sessions("bob").getFirst().connected());
        mayReturn.complete(null);
        recorder.awaitState(State.WAITING);
        proxy.heal();

        get(signed);
        assertThat(handled).hasValue(1);
    }

    @Test
    void aMessageThatCouldNotBeHandledComesAgain() {
        AtomicInteger tries = new AtomicInteger();
        Recorder recorder = new Recorder().handling(message -> {
            if (tries.incrementAndGet() == 1) {
                throw new IllegalStateException("not yet");
            }
        });
        fragile(options("bob"), recorder);
        recorder.awaitState(State.OPEN);
        CompletableFuture<Void> signed =
                client("alice", ClientListener.NONE).sendAcknowledged("client:bob", Draft.text("sign"), LONG);
        recorder.awaitCount(IllegalStateException.class, 1);
        proxy.cutOnce();

        get(signed);
        assertThat(tries).hasValue(2);
    }

    @Test
    void aTopicThatIsLeftWhileAwayStaysLeft() {
        Recorder recorder = new Recorder();
        Recorder topic = new Recorder();
        SignalboxClient bob = fragile(options("bob"), recorder);
        Subscription subscription = get(bob.subscribe("news", new TopicStart.Now(), topic));
        proxy.cut();
        awaitAway(recorder);
        get(subscription.unsubscribe());
        proxy.heal();
        recorder.awaitCount(Recorder.Resumed.class, 1);

        await().until(() ->
                router.topics().stream().noneMatch(each -> each.name().equals("news") && each.subscribers() > 0));
        publish("news", "unheard");
        get(bob.subscribe("other", new TopicStart.Now(), topic));
        publish("other", "heard");
        topic.awaitCount(Message.class, 1);
        assertThat(topic.texts()).containsExactly("heard");
    }

    /** Both answers are lost with the connection: that the topic was left before must not end the newer subscription. */
    @Test
    void aTopicThatIsLeftAndSubscribedToAgainStaysSubscribed() {
        Recorder recorder = new Recorder();
        Recorder topic = new Recorder();
        SignalboxClient bob = fragile(options("bob"), recorder);
        Subscription first = get(bob.subscribe("news", new TopicStart.Now(), message -> {}));
        proxy.swallowAnswers();
        CompletableFuture<Void> leaving = first.unsubscribe();
        CompletableFuture<Subscription> again = bob.subscribe("news", new TopicStart.Now(), topic);
        CompletableFuture<Published> behind = bob.publish("behind", Draft.text("both have arrived"));
        await().until(() -> router.topic("behind").isPresent()
                && router.topic("behind").get().last() == 1);
        proxy.cutOnce();

        assertThat(failure(leaving)).isInstanceOf(ConnectionLostException.class);
        get(again);
        get(behind);
        // What the client says on its own to the new connection has been read before this is answered.
        get(bob.publish("behind", Draft.text("that, too")));
        publish("news", "heard");
        topic.awaitCount(Message.class, 1);
        assertThat(topic.texts()).containsExactly("heard");
    }

    @Test
    void whatIsVolatileDoesNotWaitForAConnection() {
        Recorder recorder = new Recorder();
        SignalboxClient alice = fragile(options("alice"), recorder);
        recorder.awaitState(State.OPEN);
        proxy.cut();
        awaitAway(recorder);
        assertThat(failure(alice.publishVolatile("news", Draft.text("x")))).isInstanceOf(ConnectionLostException.class);
        proxy.heal();
        recorder.awaitCount(Recorder.Resumed.class, 1);
        get(alice.publishVolatile("news", Draft.text("y")));
    }

    @Test
    void aSubscriptionWithoutAConnectionBeginsWithTheNext() {
        proxy.cut();
        Recorder topic = new Recorder();
        Recorder recorder = new Recorder();
        SignalboxClient bob = fragile(options("bob"), recorder);
        CompletableFuture<Subscription> subscribing = bob.subscribe("news", new TopicStart.Now(), topic);
        awaitAway(recorder);
        assertThat(subscribing).isNotDone();
        proxy.heal();
        get(subscribing);
        publish("news", "m");
        topic.awaitCount(Message.class, 1);
    }

    /** Nobody resets such a connection: that it is silent is all there is to see. */
    @Test
    void aServerThatFellSilentIsLeft() {
        Recorder recorder = new Recorder();
        Recorder topic = new Recorder();
        SignalboxClient bob = fragile(options("bob"), recorder);
        get(bob.subscribe("news", new TopicStart.Now(), topic));
        proxy.silence();
        publish("news", "meanwhile");

        recorder.awaitCount(Recorder.Resumed.class, 1);
        topic.awaitCount(Message.class, 1);
        assertThat(topic.texts()).isEqualTo(List.of("meanwhile"));
    }

    /** Until its welcome, a server has told nothing, not even how often it pings. */
    @Test
    void aServerThatNeverWelcomesIsLeft() {
        AtomicInteger asked = new AtomicInteger();
        CompletableFuture<Optional<Principal>> never = new CompletableFuture<>();
        ListenerOptions.Timeouts patient = new ListenerOptions.Timeouts(
                Duration.ofSeconds(60), Duration.ofSeconds(60), Duration.ofSeconds(60), Duration.ofSeconds(1));
        Endpoint mute = endpoint(on -> on.withTimeouts(patient), token -> {
            asked.incrementAndGet();
            return never.join();
        });
        Recorder recorder = new Recorder();
        client(options("bob").withTimeout(Duration.ofSeconds(1)), mute.address(), recorder);

        await().until(() -> asked.get() >= 2);
        assertThat(recorder.all(State.class)).contains(State.WAITING).doesNotContain(State.OPEN);
        never.complete(Optional.empty());
    }

    /** An error, too: the client would wait for its token for ever. */
    @Test
    void aSourceOfTokensThatFailsIsAskedAgain() {
        AtomicInteger asked = new AtomicInteger();
        ClientOptions failing = ClientOptions.withTokens(() -> {
                    if (asked.incrementAndGet() == 1) {
                        throw new NoClassDefFoundError("a part of the source");
                    }
                    return "good-bob";
                })
                .withRetry(Duration.ofMillis(1), Duration.ofMillis(1));
        Recorder recorder = new Recorder();
        fragile(failing, recorder);

        recorder.awaitState(State.OPEN);
        assertThat(recorder.all(NoClassDefFoundError.class)).hasSize(1);
    }

    @Test
    void clientsConnectAgainUntilTheyAreClosed() {
        proxy.cut();
        Recorder recorder = new Recorder();
        SignalboxClient bob = fragile(options("bob"), recorder);
        await().until(() ->
                recorder.all(State.class).stream().filter(State.WAITING::equals).count() >= 3);
        assertThat(recorder.all(ConnectionLostException.class))
                .hasSizeGreaterThanOrEqualTo(2)
                .allSatisfy(why -> assertThat(why).hasMessageContaining("1006"));
        bob.close();
        recorder.awaitAny(new Recorder.Closed(1000)::equals);
        assertThat(recorder.all(State.class).getLast()).isEqualTo(State.CLOSED);
    }
}
