package dev.signalbox.http;

import static dev.signalbox.testing.services.ScriptedHttpServer.answer;
import static dev.signalbox.testing.services.ScriptedHttpServer.write;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.http.Exchange.Answered;
import dev.signalbox.testing.services.ScriptedHttpServer;
import dev.signalbox.testing.services.SelfSigned;
import dev.signalbox.tls.Trust;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When a connection is used again, and when it is not. */
class KeptConnectionsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration NEVER = Duration.ofHours(1);

    @TempDir
    private static Path folder;

    private static SelfSigned certificate;

    private final LinkedBlockingQueue<Socket> served = new LinkedBlockingQueue<>();
    private final List<HttpConnection> dialled = new ArrayList<>();
    private final ScriptedHttpServer plain = ScriptedHttpServer.start(this::serve);

    @BeforeAll
    static void make() {
        certificate = SelfSigned.forNames(folder, "server", "ip:127.0.0.1");
    }

    @AfterEach
    void close() {
        dialled.forEach(HttpConnection::close);
        plain.close();
    }

    private void serve(Socket socket, int number) throws IOException {
        write(socket, answer("200 OK", "{}"));
        served.add(socket);
    }

    private HttpConnection used(ScriptedHttpServer server, Trust trust) throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        var call = HttpCall.post(server.url("/"));
        var connection = new Dialler(trust, 1_000, dialled::add).dial(call.origin(), deadline);
        assertThat(connection.exchange(call.bytes(), deadline)).isInstanceOf(Answered.class);
        connection.release();
        assertThat(connection.isIdle()).isTrue();
        return connection;
    }

    private static boolean canBeTaken(HttpConnection connection) {
        boolean taken = connection.tryTake(System.nanoTime() + PATIENCE.toNanos());
        if (taken) {
            connection.release();
        }
        return taken;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void oneThatTheServerClosedIsNotTaken(boolean secure) throws Exception {
        notTakenAfter(Socket::close, secure);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void oneThatHasAnAnswerWithoutARequestIsNotTaken(boolean secure) throws Exception {
        notTakenAfter(socket -> write(socket, answer("200 OK", "{}")), secure);
    }

    private interface Deed {
        void on(Socket socket) throws IOException;
    }

    private void notTakenAfter(Deed deed, boolean secure) throws Exception {
        try (var tls = ScriptedHttpServer.start(certificate.context(), this::serve)) {
            var connection = used(secure ? tls : plain, Trust.inFile(certificate.pem()));
            assertThat(canBeTaken(connection)).isTrue();
            assertThat(canBeTaken(connection)).isTrue();
            deed.on(served.take());
            Awaitility.await().atMost(PATIENCE).until(() -> !canBeTaken(connection));
            assertThat(connection.isClosed()).isTrue();
        }
    }

    @Test
    void aServerThatClosesAKeptConnectionHasToShowAgainThatItKeepsThem() throws Exception {
        var kept = new KeptConnections(new AtomicInteger(), NEVER);
        kept.prove(true);
        var first = used(plain, Trust.system());
        var second = used(plain, Trust.system());
        kept.keep(second, 2);
        kept.keep(first, 2);
        served.take().close();
        Awaitility.await().atMost(PATIENCE).until(() -> !canBeTaken(first));
        assertThat(take(kept)).isNull(); // The first is closed, and the second has not rested for long enough.
        kept.prove(true);
        assertThat(take(kept)).isSameAs(second);
    }

    private static @Nullable HttpConnection take(KeptConnections kept) {
        return kept.take(System.nanoTime() + PATIENCE.toNanos());
    }
}
