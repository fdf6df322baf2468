package dev.signalbox.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.endpoint.netty.ListenerOptions;
import dev.signalbox.router.Endpoint;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** A message that is too large is its sender's affair, and not the end of the client. */
@Timeout(120)
class OversizedMessageTest extends ClientFixture {
    private static final int MAX_FRAME = 1 << 10;
    private static final Duration LONG = Duration.ofSeconds(60);

    private final Recorder recorder = new Recorder();

    /** A client of an endpoint that takes little, once it is connected. */
    private SignalboxClient narrow() {
        Endpoint narrow = endpoint(
                on -> on.withLimits(new ListenerOptions.Limits(MAX_FRAME, 1 << 20, 100, 100, 10_000, 0)),
                ClientFixture::authenticate);
        SignalboxClient client = client(options("alice"), narrow.address(), recorder);
        recorder.awaitState(State.OPEN);
        return client;
    }

    /** The client refuses the first message that the server would not take, and none that it would. */
    @Test
    void theServersLimitIsTheClientsToTheByte() {
        Recorder bob = new Recorder();
        client("bob", bob);
        bob.awaitState(State.OPEN);
        SignalboxClient alice = narrow();
        int size = MAX_FRAME - 100;
        CompletableFuture<Sent> call = alice.send("client:bob", Draft.text("x".repeat(size)));
        while (succeeds(call)) {
            call = alice.send("client:bob", Draft.text("x".repeat(++size)));
        }

        assertRefused(call, "too-large", "it takes " + (MAX_FRAME + 1) + " bytes");
        bob.awaitCount(Message.class, size - (MAX_FRAME - 100));
        assertThat(recorder.all(State.class)).doesNotContain(State.WAITING, State.CLOSED);
    }

    private static boolean succeeds(CompletableFuture<?> call) {
        return get(call.handle((value, failure) -> failure == null));
    }

    /** Fewer characters than the limit, and more bytes. */
    @Test
    void whatCountsIsBytes() {
        SignalboxClient alice = narrow();
        assertRefused(alice.publish("news", Draft.text("€".repeat(400))), "too-large", "limits.frame");
        assertThat(get(alice.publish("news", Draft.text("€".repeat(200)))).repeated())
                .isFalse();
        assertRefused(alice.subscribe("t".repeat(2_000), new TopicStart.Now(), recorder), "too-large", "limits.frame");
        assertThat(recorder.all(State.class)).doesNotContain(State.WAITING, State.CLOSED);
    }

    /** A problem here, and a refusal for the one who asked, who need not wait until the time is up. */
    @Test
    void aReplyThatIsTooLargeIsRefusedToTheRequester() {
        recorder.answering(request -> CompletableFuture.completedFuture(Draft.text("x".repeat(2_000))));
        narrow();
        SignalboxClient bob = client("bob", ClientListener.NONE);

        CompletableFuture<Message> asked = bob.request("client:alice", Draft.text("?"), LONG);

        assertThat(failure(asked))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.code()).isEqualTo("rejected"))
                .hasMessageContaining("reply too large: it takes");
        recorder.awaitCount(RefusedException.class, 1);
        assertThat(recorder.all(State.class)).doesNotContain(State.WAITING, State.CLOSED);
    }

    /** Otherwise the refusal could not be sent, and the message would come again with each connection. */
    @Test
    void aMessageIsRefusedHoweverLongTheReasonIs() {
        recorder.handling(message -> {
            throw new MessageRefusal("🚦\n".repeat(2_000));
        });
        narrow();
        SignalboxClient bob = client("bob", ClientListener.NONE);

        CompletableFuture<Void> signed = bob.sendAcknowledged("client:alice", Draft.text("sign"), LONG);

        assertThat(failure(signed))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.code()).isEqualTo("rejected"))
                .hasMessageContaining("🚦\n🚦");
        assertThat(recorder.all(RefusedException.class)).isEmpty();
    }

    /** The next server may take less than the one that the call was made for. */
    @Test
    void whatWaitsForAConnectionIsHeldToTheLimitOfTheNext() throws Exception {
        try (ScriptedServer server = new ScriptedServer()) {
            SignalboxClient alice = client(options("alice"), server.url(), recorder);
            CompletableFuture<Published> large = alice.publish("news", Draft.text("x".repeat(2_000)));
            CompletableFuture<Published> small = alice.publish("news", Draft.text("small"));
            try (ScriptedServer.Peer peer = server.accept()) {
                peer.read("auth");
                peer.welcome("s1", MAX_FRAME, 60_000, "");
                assertThat(peer.read("publish").path("text").asString("")).isEqualTo("small");
                assertRefused(large, "too-large", "limits.frame");
                assertThat(small).isNotDone();
            }
        }
    }

    /** As behind a proxy with a limit of its own: the largest fails, and what has nothing to do with it is repeated. */
    @Test
    void aMessageThatEndsTheConnectionIsNotRepeated() throws Exception {
        try (ScriptedServer server = new ScriptedServer()) {
            SignalboxClient alice = client(options("alice"), server.url(), recorder);
            CompletableFuture<Published> small = alice.publish("news", Draft.text("small"));
            CompletableFuture<Published> large = alice.publish("news", Draft.text("x".repeat(2_000)));
            try (ScriptedServer.Peer first = server.accept()) {
                first.read("auth");
                first.welcome("s1", "t1");
                first.read("publish");
                first.read("publish");
                first.end(1009);
                assertRefused(large, "too-large", "1009");
                assertThat(small).isNotDone();
            }
            try (ScriptedServer.Peer second = server.accept()) {
                second.read("auth");
                second.welcome("s1", "t1");
                JsonNode repeated = second.read("publish");
                assertThat(repeated.path("text").asString("")).isEqualTo("small");
                second.say("{\"type\":\"ok\",\"id\":\"" + repeated.path("id").asString("")
                        + "\",\"topic\":\"news\",\"epoch\":\"e\",\"offset\":7}");
                assertThat(get(small).position()).isEqualTo(new Position("e", 7));
            }
            assertThat(recorder.all(Recorder.Closed.class)).isEmpty();
        }
    }

    /** What a client says of its session may be what is too large: without that it is tried once more. */
    @Test
    void aGreetingThatIsTooLargeIsMadeSmallerOnce() throws Exception {
        try (ScriptedServer server = new ScriptedServer()) {
            client(options("alice"), server.url(), recorder);
            try (ScriptedServer.Peer first = server.accept()) {
                assertThat(first.read("auth").path("resume").asString("")).isEqualTo("new");
                first.welcome("s1", "t1");
                first.say("{\"type\":\"subscribed\",\"topic\":\"news\",\"epoch\":\"e\",\"offset\":3}");
                recorder.awaitCount(Subscription.class, 1);
            }
            try (ScriptedServer.Peer second = server.accept()) {
                JsonNode auth = second.read("auth");
                assertThat(auth.path("resume").asString("")).isEqualTo("t1");
                assertThat(auth.path("seen").path("news").path("offset").asLong(0))
                        .isEqualTo(3);
                second.end(1009);
            }
            try (ScriptedServer.Peer third = server.accept()) {
                JsonNode auth = third.read("auth");
                assertThat(auth.path("resume").asString("")).isEqualTo("new");
                assertThat(auth.has("seen")).isFalse();
                third.end(1009);
            }
            recorder.awaitAny(new Recorder.Closed(1009)::equals);
        }
    }
}
