package dev.signalbox.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of messages and requests whose handlers are slow, fail, refuse or wait, against a real endpoint. */
@Timeout(120)
class HandlerTest extends ClientFixture {
    private static final Duration LONG = Duration.ofSeconds(30);

    /** What waits for the listener is bounded: nothing more is read, so the topic is what the client lags behind in. */
    @Test
    void aListenerThatIsSlowMakesTheServerWait() {
        CountDownLatch gate = new CountDownLatch(1);
        Recorder topic = new Recorder().handling(message -> awaitGate(gate));
        SignalboxClient bob = fragile(options("bob").withMaxEvents(10), ClientListener.NONE);
        get(bob.subscribe("small/slow", new TopicStart.Now(), topic));
        // More than the buffers of sockets and of the endpoint hold.
        int count = 4_000;
        String payload = "x".repeat(10_000);
        for (int i = 0; i < count; i++) {
            publish("small/slow", payload);
        }
        gate.countDown();

        await().until(() -> topic.all(Message.class).getLast().offset().orElse(0) == count);
        assertThat(topic.all(Gap.class)).isNotEmpty();
        long missed = topic.all(Gap.class).stream()
                .mapToLong(gap -> gap.next() - gap.expected())
                .sum();
        assertThat(topic.all(Message.class).size() + missed).isEqualTo(count);
    }

    private static void awaitGate(CountDownLatch gate) {
        try {
            assertThat(gate.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aHandlerThatFailsIsToldAndOthersGoOn() {
        Recorder recorder = new Recorder().handling(message -> {
            if (message.text().equals("bad")) {
                throw new IllegalStateException("the handler failed");
            }
        });
        ready("bob", recorder);
        SignalboxClient alice = client("alice", ClientListener.NONE);
        get(alice.send("client:bob", Draft.text("bad")));
        get(alice.send("client:bob", Draft.text("good")));

        recorder.awaitCount(Message.class, 2);
        assertThat(recorder.all(IllegalStateException.class)).hasSize(1);
    }

    @Test
    void aRequestThatIsAnsweredWithNothingIsAProblem() {
        Recorder recorder = new Recorder().answering(request -> {
            CompletableFuture<Draft> nothing = new CompletableFuture<>();
            nothing.complete(null);
            return nothing;
        });
        ready("bob", recorder);
        SignalboxClient alice = client("alice", ClientListener.NONE);

        assertRefused(alice.request("client:bob", Draft.text("anybody?"), LONG), "rejected", "its handler failed");
        recorder.awaitCount(IllegalStateException.class, 1);
    }

    /** The one that asks is told at once that nobody will reply, however that came about. */
    @Test
    void aRequestIsRefusedWithAReason() {
        Recorder recorder = new Recorder().answering(request -> switch (request.text()) {
            case "throw" -> throw new IllegalStateException("it is broken, and that is nobody's business");
            case "refuse" -> throw new MessageRefusal("not for you");
            default ->
                CompletableFuture.supplyAsync(() -> {
                    throw new MessageRefusal("not now");
                });
        });
        ready("bob", recorder);
        ready("carol", new Recorder() {
            @Override
            public CompletionStage<Draft> onRequest(Message request) {
                return NONE.onRequest(request);
            }
        });
        SignalboxClient alice = client("alice", ClientListener.NONE);

        assertRefused(alice.request("client:bob", Draft.text("throw"), LONG), "rejected", "its handler failed");
        assertRefused(alice.request("client:bob", Draft.text("refuse"), LONG), "rejected", "not for you");
        assertRefused(alice.request("client:bob", Draft.text("later"), LONG), "rejected", "not now");
        assertRefused(alice.request("client:carol", Draft.text("?"), LONG), "rejected", "answers no requests");
        recorder.awaitCount(IllegalStateException.class, 1);
        assertThat(recorder.all(MessageRefusal.class)).isEmpty();
    }

    /** The handler's thread is not the one that completes futures. */
    @Test
    void aHandlerMayWaitForAnAnswer() {
        CompletableFuture<Integer> accepted = new CompletableFuture<>();
        CompletableFuture<SignalboxClient> self = new CompletableFuture<>();
        Recorder recorder = new Recorder()
                .handling(message -> accepted.complete(
                        get(get(self).send("client:alice", Draft.text("back"))).accepted()));
        self.complete(ready("bob", recorder));
        Recorder alices = new Recorder();
        SignalboxClient alice = ready("alice", alices);
        get(alice.send("client:bob", Draft.text("there")));

        assertThat(get(accepted)).isEqualTo(1);
        alices.awaitCount(Message.class, 1);
    }
}
