package dev.signalbox.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.client.ScriptedServer.Peer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a client takes for the end of a server that does not say goodbye, and what not. */
@Timeout(120)
class SilenceTest extends ScriptedFixture {
    /** Whatever it says counts as a sign of life, and is answered where it asks. */
    @Test
    void aServerThatPingsIsNotSilent() {
        session(options());
        Peer peer = server.accept();
        assertThat(peer.request).contains("/ws");
        peer.read("auth");
        peer.welcome("s1", 1 << 20, 20, "");
        recorder.awaitState(State.OPEN);
        for (int i = 0; i < 3; i++) {
            nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(25));
            peer.say("{\"type\":\"ping\"}");
            peer.read("pong");
        }
        awaitLooks();
        assertThat(recorder.all(State.class)).doesNotContain(State.WAITING);

        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(31));
        recorder.awaitState(State.WAITING);
    }

    /** What is not read is not heard, and that is the listener's doing. */
    @Test
    void aListenerThatIsSlowIsNotTheServersSilence() {
        CountDownLatch gate = new CountDownLatch(1);
        Peer peer = withSlowListener(gate, 20);
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(10));
        awaitLooks();
        peer.say(message("m2"));
        gate.countDown();

        recorder.awaitCount(Message.class, 3);
        assertThat(recorder.texts()).containsExactly("m0", "m1", "m2");
        assertThat(recorder.all(State.class)).doesNotContain(State.WAITING);
    }

    /** The JDK's WebSocket says nothing of an end that comes while nothing is read. */
    @Test
    void aServerThatGoesWhileTheListenerIsSlowIsLeft() {
        CountDownLatch gate = new CountDownLatch(1);
        withSlowListener(gate, 1_000).close();
        await().until(() -> sessions.getFirst().state() != State.OPEN);
        gate.countDown();

        welcomed();
        recorder.awaitCount(Message.class, 2);
    }

    /** One message is with the listener, and one waits: nothing more is read until the gate opens. */
    private Peer withSlowListener(CountDownLatch gate, int idleMillis) {
        recorder.handling(message -> {
            try {
                assertThat(gate.await(60, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        session(options().withMaxEvents(1));
        Peer peer = server.accept();
        peer.read("auth");
        peer.welcome("s1", 1 << 20, idleMillis, "");
        recorder.awaitState(State.OPEN);
        peer.say(message("m0"));
        recorder.awaitCount(Message.class, 1);
        peer.say(message("m1") + "{\"type\":\"ping\"}");
        peer.read("pong");
        return peer;
    }
}
