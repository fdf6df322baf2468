package dev.signalbox.server.rest;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.delivery.queue.Dispatcher.DispatchState;
import dev.signalbox.server.node.RunningControlPlane;
import dev.signalbox.server.rest.SmugglingCorpus.Case;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Raw bytes against the control port. The hidden request starts the dispatcher; nothing else here does. */
class HttpSmugglingTest {
    private static final String TOKEN = "Authorization: Bearer admin\r\n";
    private static final String START = "POST /api/messaging/start HTTP/1.1\r\nHost: a\r\n" + TOKEN
            + "Connection: close\r\nContent-Length: 0\r\n\r\n";

    @TempDir
    private static Path folder;

    private static RunningControlPlane server;

    @BeforeAll
    static void start() {
        var limits = Limits.defaults().withBodyTimeout(Duration.ofSeconds(2));
        server = new RunningControlPlane(
                folder,
                RunningControlPlane.Setup.USUAL.withOptions(
                        ControlPlane.Options.local(0).withLimits(limits)));
    }

    @BeforeEach
    void pause() {
        server.dispatcher.pause();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    static List<Case> corpus() {
        return SmugglingCorpus.cases("/api/sessions/s/events", TOKEN, START);
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void itIsRefusedAndNothingBehindItIsExecuted(Case smuggled) throws Exception {
        String answer = exchange(smuggled.bytes());

        assertThat(status(answer)).as("%s: %s", smuggled, answer).isIn(smuggled.statuses());
        assertThat(answer.split("HTTP/1.1 ", -1))
                .as("one answer to %s", smuggled)
                .hasSizeLessThanOrEqualTo(2);
        assertThat(server.dispatcher.state()).as(smuggled.name()).isEqualTo(DispatchState.PAUSED);
        if (!answer.isEmpty()) {
            assertThat(answer).contains("application/problem+json").contains("X-Content-Type-Options: nosniff");
            assertThat(answer).doesNotContain("\"detail\":\"null\"");
        }
    }

    /** The harness must see a second request where there really is one. */
    @Test
    void anHonestPipelineIsAnsweredInOrder() throws Exception {
        String get = "GET /health/live HTTP/1.1\r\nHost: a\r\n";
        String answer = exchange(get + "\r\n" + get + "\r\n" + get + "Connection: close\r\n\r\n");

        assertThat(answer.split("HTTP/1.1 200", -1)).hasSize(4);
    }

    @Test
    void connectionCloseIsHonoured() throws Exception {
        String get = "GET /health/live HTTP/1.1\r\nHost: a\r\n";

        assertThat(exchange(get + "Connection: close\r\n\r\n" + get + "\r\n").split("HTTP/1.1 200", -1))
                .hasSize(2);
    }

    @Test
    void chunksAndContinueAreUnderstoodAsTheyAreMeant() throws Exception {
        String head = "POST /api/sessions/s/events HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n" + TOKEN
                + "Connection: close\r\n";
        assertThat(exchange(head + "Transfer-Encoding: chunked\r\n\r\n1;a=b\r\n1\r\n1\r\n2\r\n0\r\nX-A: b\r\n\r\n"))
                .startsWith("HTTP/1.1 201");
        assertThat(exchange(head.replace("admin", "reader") + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"))
                .startsWith("HTTP/1.1 403");
        assertThat(exchange("HEAD /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200")
                .endsWith("\r\n\r\n");
    }

    @Test
    void aClientThatWaitsForContinueIsTold() throws Exception {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.controlPlane.port())) {
            socket.setSoTimeout(20_000);
            send(
                    socket,
                    "POST /api/sessions/s/events HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n" + TOKEN
                            + "Connection: close\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
            assertThat(new String(socket.getInputStream().readNBytes(25), ISO_8859_1))
                    .isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            send(socket, "12");
            assertThat(read(socket)).startsWith("HTTP/1.1 201");
        }
    }

    private static void send(Socket socket, String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
    }

    /** Sends all, then reads until the server closes; a server that keeps the connection open fails by the timeout. */
    private static String exchange(String bytes) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.controlPlane.port())) {
            socket.setSoTimeout(20_000);
            send(socket, bytes);
            return read(socket);
        }
    }

    /** A server that closes while bytes of ours are unread resets the connection: what it said before that counts. */
    private static String read(Socket socket) throws IOException {
        var answer = new java.io.ByteArrayOutputStream();
        try {
            socket.getInputStream().transferTo(answer);
        } catch (java.net.SocketException reset) {
            assertThat(reset).hasMessageContaining("reset");
        }
        return answer.toString(ISO_8859_1);
    }

    private static String status(String answer) {
        return answer.isEmpty() ? "" : answer.substring("HTTP/1.1 ".length(), "HTTP/1.1 ".length() + 3);
    }
}
