package dev.signalbox.server.clients;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.server.TestServer;
import dev.signalbox.server.rest.SmugglingCorpus;
import dev.signalbox.server.rest.SmugglingCorpus.Case;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Raw bytes against the clients' port. The hidden request is a handshake, which would be answered with 101. */
class ClientsPortSmugglingTest {
    private static final String UPGRADE =
            " HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n";
    private static final String KEY = "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
    private static final String HEALTH = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n";

    /**
     * What RFC 9112 lets a server read leniently, as Netty does: a folded line as one with a space (5.2), and any white space
     * between the words of the request line (3). The request that it then is gets its answer.
     */
    private static final Set<String> LENIENT = Set.of("obs-fold", "obs-fold with a tab", "a tab after the method");

    @TempDir
    private static Path folder;

    private static TestServer server;
    private static URI clients;

    @BeforeAll
    static void start() {
        server = new TestServer(folder);
        clients = URI.create(server.clientsUrl());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    static List<Case> corpus() {
        return SmugglingCorpus.cases("/health", "", handshake());
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void itIsRefusedAndNothingBehindItIsExecuted(Case smuggled) throws Exception {
        String answer = exchange(smuggled.bytes());

        if (!LENIENT.contains(smuggled.name())) {
            assertThat(status(answer)).as("%s: %s", smuggled, answer).isIn(smuggled.statuses());
        }
        assertThat(answer.split("HTTP/1.1 ", -1))
                .as("one answer to %s: %s", smuggled, answer)
                .hasSizeLessThanOrEqualTo(2);
        assertThat(answer).doesNotContain("101 Switching");
        if (!answer.isEmpty()) {
            assertThat(answer).containsIgnoringCase("connection: close");
        }
    }

    /** The harness must see a second request where there really is one. */
    @Test
    void aHandshakeOfItsOwnIsAccepted() throws Exception {
        try (var socket = new Socket(clients.getHost(), clients.getPort())) {
            socket.setSoTimeout(20_000);
            send(socket, handshake());

            assertThat(new String(socket.getInputStream().readNBytes(12), ISO_8859_1))
                    .isEqualTo("HTTP/1.1 101");
        }
    }

    @Test
    void ofAPipelineTheFirstIsAnsweredAndTheRestIsNotRead() throws Exception {
        String answer = exchange(HEALTH + HEALTH + handshake());

        assertThat(answer).startsWith("HTTP/1.1 200").doesNotContain("101 Switching");
        assertThat(answer.split("HTTP/1.1 ", -1)).hasSize(2);
    }

    private static String handshake() {
        return "GET " + clients.getPath() + UPGRADE + KEY;
    }

    private static void send(Socket socket, String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
    }

    /** Sends all, then reads until the server closes; a server that keeps the connection open fails by the timeout. */
    private static String exchange(String bytes) throws IOException {
        var answer = new ByteArrayOutputStream();
        try (var socket = new Socket(clients.getHost(), clients.getPort())) {
            socket.setSoTimeout(20_000);
            send(socket, bytes);
            socket.getInputStream().transferTo(answer);
        } catch (SocketException reset) { // It closes while bytes of ours are unread; what it said before counts.
            assertThat(reset).hasMessageMatching("(?i).*(reset|broken pipe).*");
        }
        return answer.toString(ISO_8859_1);
    }

    private static String status(String answer) {
        return answer.isEmpty() ? "" : answer.substring("HTTP/1.1 ".length(), "HTTP/1.1 ".length() + 3);
    }
}
