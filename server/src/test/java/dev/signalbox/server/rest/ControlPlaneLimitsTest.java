package dev.signalbox.server.rest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.server.node.RunningControlPlane;
import io.netty.pkitesting.CertificateBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that hold on to what they got: connections, heads, bodies, answers. */
class ControlPlaneLimitsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String HEALTH = "GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

    @TempDir
    private Path folder;

    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    @SuppressWarnings("NullAway.Init") // Each test starts its own, with its limits.
    private RunningControlPlane server;

    private void start(Limits limits) {
        server = new RunningControlPlane(
                folder,
                RunningControlPlane.Setup.USUAL.withOptions(
                        ControlPlane.Options.local(0).withLimits(limits)));
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable closeable : open) {
            closeable.close();
        }
        server.close();
    }

    @Test
    void idleConnectionsAndStuckBodiesOfOneHostLockNobodyOut() throws Exception {
        start(Limits.defaults().withHeaderTimeout(Duration.ofMinutes(5)).withBodyTimeout(Duration.ofMinutes(5)));
        for (int i = 0; i < 520; i++) {
            stuckBody("sender");
        }
        await().atMost(PATIENCE)
                .until(() ->
                        exchange("127.0.0.1", get("/api/overview", "sender")).startsWith("HTTP/1.1 429"));
        for (int i = 0; i < 2100; i++) {
            connect("127.0.0.1");
        }

        assertThat(exchange("127.0.0.1", HEALTH)).startsWith("HTTP/1.1 200");
        assertThat(exchange("127.0.0.2", HEALTH)).startsWith("HTTP/1.1 200");
        assertThat(exchange("127.0.0.1", get("/metrics", "reader"))).startsWith("HTTP/1.1 200");
        assertThat(exchange("127.0.0.1", get("/api/overview", "admin"))).startsWith("HTTP/1.1 200");
        String refused = exchange("127.0.0.1", get("/api/overview", "sender"));
        assertThat(refused).startsWith("HTTP/1.1 429").contains("Retry-After: 1");
    }

    @Test
    void theTotalIsBoundedAndHealthIsApart() throws Exception {
        start(Limits.defaults().withMaxRequests(4, 3).withBodyTimeout(Duration.ofMinutes(5)));
        for (int i = 0; i < 3; i++) {
            heldBody("sender");
        }
        heldBody("admin");

        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(exchange("127.0.0.1", get("/api/overview", "admin")))
                        .startsWith("HTTP/1.1 503")
                        .contains("Retry-After: 5"));
        assertThat(exchange("127.0.0.1", get("/version", "none"))).startsWith("HTTP/1.1 503");
        assertThat(exchange("127.0.0.1", HEALTH)).startsWith("HTTP/1.1 200");
        assertThat(exchange("127.0.0.1", get("/ha/peer", "none")))
                .as("it is looked for, and not refused: else a busy node would be dead to its peer")
                .startsWith("HTTP/1.1 404");
    }

    @Test
    void aPlaceIsGivenBackWhenItsClientLeaves() throws Exception {
        start(Limits.defaults().withMaxRequests(1, 1).withBodyTimeout(Duration.ofMinutes(5)));
        Socket stuck = heldBody("sender");
        await().atMost(PATIENCE)
                .until(() ->
                        exchange("127.0.0.1", get("/api/overview", "admin")).startsWith("HTTP/1.1 503"));

        stuck.close();
        await().atMost(PATIENCE)
                .until(() ->
                        exchange("127.0.0.1", get("/api/overview", "admin")).startsWith("HTTP/1.1 200"));
    }

    @Test
    void aHeadThatDripsIsCut() throws Exception {
        start(Limits.defaults().withHeaderTimeout(Duration.ofMillis(500)));
        Socket silent = connect("127.0.0.1");
        Socket dripping = connect("127.0.0.1");

        assertCutWhileDripping(dripping, "GET /health HTTP/1.1\r\nX-A: ");
        assertThat(silent.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void aLaterHeadThatDripsIsCutAsWell() throws Exception {
        start(Limits.defaults().withHeaderTimeout(Duration.ofMillis(500)).withIdleTimeout(Duration.ofMinutes(5)));
        Socket socket = connect("127.0.0.1");
        send(socket, "GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n");
        await().atMost(PATIENCE).until(() -> socket.getInputStream().available() > 0);
        socket.getInputStream().readNBytes(socket.getInputStream().available());

        assertCutWhileDripping(socket, "GET /health HTTP/1.1\r\nX-A: ");
    }

    @Test
    void aTlsHandshakeThatStopsIsCut() throws Exception {
        var bundle = new CertificateBuilder()
                .subject("CN=signalbox test")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        var tls = SSLContext.getInstance("TLS");
        tls.init(bundle.toKeyManagerFactory().getKeyManagers(), null, null);
        server = new RunningControlPlane(
                folder,
                RunningControlPlane.Setup.USUAL.withOptions(ControlPlane.Options.local(0)
                        .withTls(tls)
                        .withLimits(Limits.defaults().withHeaderTimeout(Duration.ofMillis(500)))));
        Socket silent = connect("127.0.0.1");
        Socket begun = connect("127.0.0.1");
        send(begun, "\u0016\u0003\u0001\u0002\u0000\u0001");

        assertThat(silent.getInputStream().read()).isEqualTo(-1);
        assertThat(begun.getInputStream().readAllBytes().length).isLessThan(100);
    }

    @Test
    void aStreamOutlivesTheIdleTimeout() throws Exception {
        start(Limits.defaults().withIdleTimeout(Duration.ofMillis(200)).withHeaderTimeout(Duration.ofMillis(200)));
        Socket stream = connect("127.0.0.1");
        send(stream, following("/api/sessions/s/events"));
        await().atMost(PATIENCE).until(() -> stream.getInputStream().available() > 0);
        stream.getInputStream().readNBytes(stream.getInputStream().available());
        stream.setSoTimeout(1500);

        assertThatThrownBy(() -> stream.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        server.append("s", "application/json", "1");
        assertThat(stream.getInputStream().read()).isPositive();
    }

    private static void assertCutWhileDripping(Socket socket, String begin) throws IOException {
        send(socket, begin);
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> {
            try {
                send(socket, "x");
                return false;
            } catch (IOException cut) {
                return true;
            }
        });
    }

    @Test
    void aBodyThatStopsIsCutWith408() throws Exception {
        start(Limits.defaults().withBodyTimeout(Duration.ofMillis(300)).withMaxRequests(1, 1));
        Socket stuck = heldBody("sender");

        assertThat(readAll(stuck))
                .startsWith("HTTP/1.1 408")
                .contains("Connection: close")
                .contains("control.body-timeout");
        assertThat(exchange("127.0.0.1", get("/api/overview", "admin"))).startsWith("HTTP/1.1 200");
    }

    @Test
    void aBodyThatDripsBelowTheMinimumRateIsCutWith408() throws Exception {
        start(Limits.defaults().withBodyTimeout(Duration.ofSeconds(1)).withMinBodyRate(1000));
        Socket dripping = heldBody("sender");

        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> isAnswered(dripping));
        assertThat(readAll(dripping)).startsWith("HTTP/1.1 408");
    }

    /** Sends one byte more, unless there is an answer. A connection that was cut keeps the answer that came before. */
    private static boolean isAnswered(Socket dripping) throws IOException {
        if (dripping.getInputStream().available() > 0) {
            return true;
        }
        try {
            send(dripping, "x");
            return false;
        } catch (SocketException _) {
            return true;
        }
    }

    @Test
    void aClientThatTakesNothingOfItsAnswerIsCut() throws Exception {
        start(Limits.defaults().withBodyTimeout(Duration.ofMillis(500)).withMaxRequests(1, 1));
        for (int i = 0; i < 99; i++) {
            server.append("s", "application/json", "\"" + "x".repeat(60_000) + "\"");
        }
        Socket deaf = new Socket();
        open.add(deaf);
        deaf.setReceiveBufferSize(4096);
        deaf.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.controlPlane.port()));
        send(deaf, "GET /api/sessions/s/events?limit=500 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer sender\r\n\r\n");
        await().atMost(PATIENCE).until(() -> deaf.getInputStream().available() > 0);

        await().atMost(PATIENCE)
                .until(() ->
                        exchange("127.0.0.1", get("/api/overview", "admin")).startsWith("HTTP/1.1 200"));
    }

    @Test
    void theOldestUnusedConnectionOfAFullAddressMakesWay() throws Exception {
        start(Limits.defaults().withMaxConnections(100, 3).withHeaderTimeout(Duration.ofMinutes(5)));
        Socket oldest = connect("127.0.0.1");
        Socket second = connect("127.0.0.1");
        Socket other = connect("127.0.0.2");
        send(second, "GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n");
        await().atMost(PATIENCE).until(() -> second.getInputStream().available() > 0);
        connect("127.0.0.1");

        assertThat(exchange("127.0.0.1", HEALTH)).startsWith("HTTP/1.1 200");
        assertThat(oldest.getInputStream().read()).isEqualTo(-1);
        for (Socket kept : List.of(second, other)) {
            send(kept, HEALTH);
            assertThat(readAll(kept)).contains("processing_status");
        }
    }

    @Test
    void streamsCountApartFromRequests() throws Exception {
        start(Limits.defaults().withMaxRequests(1, 1));
        Socket stream = connect("127.0.0.1");
        send(stream, following("/api/sessions/s/events"));
        await().atMost(PATIENCE).until(() -> stream.getInputStream().available() > 0);

        assertThat(exchange("127.0.0.1", get("/api/overview", "admin"))).startsWith("HTTP/1.1 200");
        assertThat(exchange("127.0.0.1", following("/api/sessions/s/events"))).startsWith("HTTP/1.1 429");
    }

    @Test
    void stoppingGivesARequestUnderWayItsAnswer() throws Exception {
        start(Limits.defaults());
        Socket socket = heldBody("admin");
        int port = server.controlPlane.port();
        var stopping = Thread.ofVirtual().start(server.controlPlane::close);
        await().atMost(PATIENCE).until(() -> refusesConnections(port));
        send(socket, " ".repeat(99));

        assertThat(readAll(socket)).startsWith("HTTP/1.1 400").contains("the body is not JSON");
        stopping.join();
    }

    private static boolean refusesConnections(int port) {
        try (var probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return !probe.isConnected();
        } catch (IOException refused) {
            return true;
        }
    }

    private static String get(String path, String token) {
        return "GET " + path + " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + token
                + "\r\nConnection: close\r\n\r\n";
    }

    private static String following(String path) {
        return get(path, "admin").replace("Host: a", "Host: a\r\nAccept: text/event-stream");
    }

    /** Announces 100 bytes and sends one. */
    private Socket stuckBody(String token) throws IOException {
        Socket socket = connect("127.0.0.1");
        send(socket, postHead(token) + "\r\n{");
        return socket;
    }

    /** The same once its handler waits for the rest. */
    private Socket heldBody(String token) throws IOException {
        Socket socket = connect("127.0.0.1");
        send(socket, postHead(token) + "Expect: 100-continue\r\n\r\n");
        assertThat(new String(socket.getInputStream().readNBytes(25), ISO_8859_1))
                .isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
        send(socket, "{");
        return socket;
    }

    private static String postHead(String token) {
        return "POST /api/messages HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + token
                + "\r\nContent-Type: application/json\r\nContent-Length: 100\r\n";
    }

    private Socket connect(String from) throws IOException {
        var socket = new Socket(
                InetAddress.getLoopbackAddress(), server.controlPlane.port(), InetAddress.ofLiteral(from), 0);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        open.add(socket);
        return socket;
    }

    private static void send(Socket socket, String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
    }

    private String exchange(String from, String request) throws IOException {
        try (Socket socket = connect(from)) {
            send(socket, request);
            return readAll(socket);
        }
    }

    private static String readAll(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        return new String(in.readAllBytes(), ISO_8859_1);
    }
}
