package dev.signalbox.client;

import static org.awaitility.Awaitility.await;

import dev.signalbox.client.ScriptedServer.Peer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.AfterEach;

/** A server that says what a test wants, and sessions with it that have the test's clock. */
abstract class ScriptedFixture {
    final ScriptedServer server = new ScriptedServer();
    final Recorder recorder = new Recorder();
    final AtomicLong nanos = new AtomicLong();
    /** How often the client has looked at its clock. */
    final AtomicInteger looks = new AtomicInteger();

    final List<Session> sessions = new ArrayList<>();
    /** What the pauses before connecting again are of their bound. */
    volatile DoubleSupplier pause = () -> 0;

    @AfterEach
    void close() throws Exception {
        server.close();
        sessions.forEach(Session::close);
    }

    Session session(ClientOptions options) {
        Session session = new Session(
                server.url(), options, recorder, new Backoff(options.retry(), () -> pause.getAsDouble()), () -> {
                    looks.incrementAndGet();
                    return nanos.get();
                });
        sessions.add(session);
        session.start();
        return session;
    }

    static ClientOptions options() {
        return ClientOptions.withToken("t").withRetry(Duration.ofMillis(50), Duration.ofHours(1));
    }

    Peer welcomed() {
        Peer peer = server.accept();
        peer.read("auth");
        peer.welcome("s1", "t1");
        return peer;
    }

    /** Looks of its watch, which looks at the clock whenever it runs. */
    void awaitLooks() {
        int before = looks.get();
        await().until(() -> looks.get() >= before + 5);
    }

    static String message(String text) {
        return "{\"type\":\"message\",\"id\":\"" + text + "\",\"from\":\"client:bob\",\"text\":\"" + text + "\"}";
    }
}
