package dev.signalbox.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.client.ScriptedServer.Peer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** What a client does with a server that says what a real one says seldom, or not when a test wants it; with the client's own clock. */
@Timeout(120)
class ScriptedClientTest extends ScriptedFixture {
    private static final Duration LONG = Duration.ofSeconds(60);

    /** Otherwise a server that takes connections and ends them would be asked again and again without a pause. */
    @Test
    void aWelcomeAloneDoesNotShortenThePauses() {
        pause = () -> 1;
        session(options());
        long begin = System.nanoTime();
        for (int i = 0; i < 5; i++) {
            welcomed().end(4410);
        }
        // Four pauses before the fifth connection: 50 ms, and each twice as long as the one before.
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofMillis(750));
    }

    @Test
    void aConnectionThatLastedMakesThePausesShortAgain() {
        session(options());
        for (int i = 0; i < 20; i++) {
            welcomed().end(4410);
        }
        Peer lasting = welcomed();
        recorder.awaitCount(Recorder.Resumed.class, 20);
        pause = () -> 1;
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(6));
        lasting.end(4410);

        // After 20 attempts, the pause would be an hour.
        welcomed();
    }

    @Test
    void aCodeThatAsksForAPauseGetsIt() {
        session(options());
        Peer peer = welcomed();
        long end = System.nanoTime();
        peer.end(1012);
        welcomed();
        assertThat(Duration.ofNanos(System.nanoTime() - end)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void refusalsBeforeAWelcomeAreForgotten() {
        session(ClientOptions.withTokens(() -> "t").withRetry(Duration.ofMillis(1), Duration.ofMillis(1)));
        for (int i = 0; i < 3; i++) {
            refuse();
            refuse();
            welcomed().end(4410);
        }
        welcomed();
        assertThat(recorder.all(Recorder.Closed.class)).isEmpty();
    }

    private void refuse() {
        Peer peer = server.accept();
        peer.read("auth");
        peer.end(4401);
    }

    @Test
    void aFaultOfItsOwnDoesNotKeepItFromConnectingAgain() {
        AtomicInteger pauses = new AtomicInteger();
        pause = () -> {
            if (pauses.incrementAndGet() == 1) {
                throw new IllegalStateException("a fault");
            }
            return 0;
        };
        session(options());
        welcomed().close();

        welcomed();
        recorder.awaitCount(IllegalStateException.class, 1);
    }

    /** The server goes on behind what the client has seen: what is between is lost, and is told. */
    @Test
    void aSessionThatGoesOnFurtherOnHasAGap() {
        Session session = session(options());
        Recorder topic = new Recorder();
        CompletableFuture<Subscription> subscribing =
                session.subscriptions().subscribe("news", new TopicStart.Now(), topic);
        Peer first = welcomed();
        JsonNode subscribe = first.read("subscribe");
        first.say("{\"type\":\"ok\",\"id\":\"" + subscribe.path("id").asString("")
                + "\",\"topic\":\"news\",\"epoch\":\"e\",\"offset\":3,\"recovered\":true}");
        ClientFixture.get(subscribing);
        first.close();
        Peer second = server.accept();
        second.read("auth");
        second.welcome("s1", 1 << 20, 60_000, """
                ,"resume":{"token":"t1","within":30000,"resumed":true,
                "topics":[{"topic":"news","epoch":"e","offset":8,"recovered":false}]}""");

        topic.awaitCount(Gap.class, 1);
        assertThat(topic.events).containsExactly(new Gap("news", 4, 9, Gap.Reason.LOST));
    }

    /** The server cannot know of its last messages whether they came. */
    @Test
    void whatHasComeIsToldToTheServerWithTheNextConnection() {
        Session session = session(options());
        Recorder topic = new Recorder();
        CompletableFuture<Subscription> subscribing =
                session.subscriptions().subscribe("news", new TopicStart.Now(), topic);
        Peer first = welcomed();
        assertThat(first.read("subscribe").path("topic").asString("")).isEqualTo("news");
        first.say("{\"type\":\"ok\",\"id\":\"c1\",\"topic\":\"news\",\"epoch\":\"e\",\"offset\":3,\"recovered\":true}");
        ClientFixture.get(subscribing);
        first.say(
                "{\"type\":\"message\",\"id\":\"m4\",\"from\":\"client:bob\",\"topic\":\"news\",\"offset\":4,\"text\":\"four\"}");
        topic.awaitCount(Message.class, 1);
        first.close();

        JsonNode seen = server.accept().read("auth").path("seen");

        assertThat(seen).hasToString("{\"news\":{\"epoch\":\"e\",\"offset\":4}}");
    }

    @Test
    void aTopicThatWasRefusedIsNotAskedForAgain() {
        Session session = session(options());
        CompletableFuture<Subscription> subscribing =
                session.subscriptions().subscribe("secret", new TopicStart.Now(), recorder);
        Peer first = welcomed();
        String id = first.read("subscribe").path("id").asString("");
        first.say("{\"type\":\"error\",\"id\":\"" + id + "\",\"code\":\"forbidden\",\"message\":\"not yours\"}");
        assertThat(ClientFixture.failure(subscribing)).isInstanceOf(RefusedException.class);
        first.close();
        Peer second = welcomed();
        recorder.awaitCount(Recorder.Resumed.class, 1);

        var _ = session.call(Frames.frame("presence"), LONG, false, frame -> frame);

        assertThat(second.read("presence").path("id").asString("")).isNotEmpty();
    }

    /** The new session has to subscribe again, and the topic's history cannot be reached just then. */
    @Test
    void aTopicThatCannotBeHadNowIsAskedForAgain() {
        Session session = session(options());
        Recorder topic = new Recorder();
        CompletableFuture<Subscription> subscribing =
                session.subscriptions().subscribe("news", new TopicStart.Now(), topic);
        Peer first = welcomed();
        first.say(subscribed(first.read("subscribe")));
        ClientFixture.get(subscribing);
        first.close();
        Peer second = welcomed();
        for (String code : List.of("unreachable", "overloaded")) {
            second.say(error(second.read("subscribe"), code));
        }
        second.say(subscribed(second.read("subscribe")));
        second.say(
                "{\"type\":\"message\",\"id\":\"m4\",\"from\":\"client:bob\",\"topic\":\"news\",\"offset\":4,\"text\":\"four\"}");

        topic.awaitCount(Message.class, 1);
        assertThat(recorder.all(RefusedException.class)).hasSize(2).allMatch(RefusedException::isTemporary);
    }

    private static String subscribed(JsonNode subscribe) {
        return "{\"type\":\"ok\",\"id\":\"" + subscribe.path("id").asString("") + "\",\"epoch\":\"e\",\"offset\":3}";
    }

    private static String error(JsonNode call, String code) {
        return "{\"type\":\"error\",\"id\":\"" + call.path("id").asString("") + "\",\"code\":\"" + code
                + "\",\"message\":\"not now\"}";
    }

    @Test
    void aServerThatSendsWhatIsNoJsonIsLeft() {
        session(options());
        Peer peer = welcomed();
        recorder.awaitState(State.OPEN);

        peer.say("no JSON");

        recorder.awaitState(State.WAITING);
        welcomed();
        recorder.awaitCount(Recorder.Resumed.class, 1);
    }

    @Test
    void aFrameThatCannotBeReadIsAProblemAndEndsTheConnection() {
        session(options());
        Peer peer = welcomed();
        recorder.awaitState(State.OPEN);

        peer.say("{\"type\":\"message\",\"id\":\"m\",\"from\":\"client:bob\",\"base64\":\"%\"}");

        recorder.awaitCount(IllegalArgumentException.class, 1);
        welcomed();
        recorder.awaitCount(Recorder.Resumed.class, 1);
    }

    /** Its loop still runs, since the server has not said goodbye yet. */
    @Test
    void aCallWhileItClosesFailsAtOnce() throws Exception {
        Session session = session(options());
        Peer peer = welcomed();
        recorder.awaitState(State.OPEN);
        Thread closing = Thread.ofVirtual().start(session::close);
        recorder.awaitAny(new Recorder.Closed(1000)::equals);
        CompletableFuture<JsonNode> late =
                session.call(Frames.frame("send", Draft.text("x")), LONG, false, frame -> frame);
        CompletableFuture<Subscription> later =
                session.subscriptions().subscribe("news", new TopicStart.Now(), recorder);

        assertThat(ClientFixture.failure(late)).isInstanceOf(ConnectionLostException.class);
        assertThat(ClientFixture.failure(later)).isInstanceOf(ConnectionLostException.class);
        peer.close();
        closing.join();
    }

    @Test
    void callsThatWereAnsweredMakeRoomForOthers() {
        Session session = session(options().withMaxCalls(1));
        Peer peer = welcomed();
        for (int i = 0; i < 3; i++) {
            CompletableFuture<String> call = session.call(
                    Frames.frame("send", Draft.text("x")),
                    LONG,
                    false,
                    frame -> Frames.sent(frame).id());
            String id = peer.read("send").path("id").asString("");
            assertThat(ClientFixture.failure(session.call(Frames.frame("presence"), LONG, false, frame -> frame)))
                    .isInstanceOf(TooManyCallsException.class);
            peer.say("{\"type\":\"ok\",\"id\":\"" + id + "\",\"message\":\"m" + i + "\",\"accepted\":1}");
            assertThat(ClientFixture.get(call)).isEqualTo("m" + i);
        }
    }

    @Test
    void callsThatFailedMakeRoomForOthers() {
        Session session = session(options().withMaxCalls(1));
        Peer peer = welcomed();
        for (int i = 0; i < 3; i++) {
            CompletableFuture<JsonNode> call =
                    session.call(Frames.frame("send", Draft.text("x")), LONG, false, frame -> frame);
            String id = peer.read("send").path("id").asString("");
            peer.say("{\"type\":\"error\",\"id\":\"" + id + "\",\"code\":\"busy\",\"message\":\"not now\"}");
            assertThat(ClientFixture.failure(call)).isInstanceOf(RefusedException.class);
        }
    }

    /** The ids of the last 1,000 are remembered, and no more. */
    @Test
    void whatWasHandledIsAcknowledgedAgainAndNotHandledAgain() {
        session(options());
        Peer peer = welcomed();
        for (int i = 0; i <= 1_000; i++) {
            peer.say(acknowledged(i));
            assertThat(peer.read("ack").path("id").asString("")).isEqualTo("m" + i);
        }
        peer.say(acknowledged(1_000));
        assertThat(peer.read("ack").path("id").asString("")).isEqualTo("m1000");
        assertThat(recorder.texts()).hasSize(1_001);

        peer.say(acknowledged(0));
        assertThat(peer.read("ack").path("id").asString("")).isEqualTo("m0");
        assertThat(recorder.texts()).hasSize(1_002).endsWith("m1000", "m0");
    }

    @Test
    void aReplyThatFoundNoConnectionIsSentWithTheNext() {
        Peer next = afterAReplyWithoutAConnection();
        next.welcome("s1", "t2");

        assertThat(next.read("reply").path("id").asString("")).isEqualTo("r1");
    }

    /** Not in the session after it either, nor when that one comes back. */
    @Test
    void aReplyOfASessionThatHasEndedIsNotSent() {
        Peer next = afterAReplyWithoutAConnection();
        next.welcome("s2", "t2");
        next.say(acknowledged(1));
        assertThat(next.read("ack").path("id").asString("")).isEqualTo("m1");

        next.close();
        Peer last = server.accept();
        last.read("auth");
        last.welcome("s2", "t3");
        last.say(acknowledged(2));
        assertThat(last.read("ack").path("id").asString("")).isEqualTo("m2");
    }

    /** A connection that was not welcomed yet; the one before has ended while the listener was busy with a request. */
    private Peer afterAReplyWithoutAConnection() {
        CompletableFuture<Draft> reply = new CompletableFuture<>();
        CountDownLatch asked = new CountDownLatch(1);
        recorder.answering(request -> {
            asked.countDown();
            return reply;
        });
        Session session = session(options());
        Peer first = welcomed();
        first.say("{\"type\":\"request\",\"id\":\"r1\",\"from\":\"client:bob\",\"text\":\"?\"}");
        await().atMost(LONG).until(() -> asked.getCount() == 0);
        first.close();
        Peer next = server.accept();
        next.read("auth");
        reply.complete(Draft.text("late"));
        CompletableFuture.runAsync(() -> {}, session.loop()).join();
        return next;
    }

    private static String acknowledged(int number) {
        return "{\"type\":\"message\",\"id\":\"m" + number + "\",\"from\":\"client:bob\",\"ack\":true,\"text\":\"m"
                + number + "\"}";
    }
}
