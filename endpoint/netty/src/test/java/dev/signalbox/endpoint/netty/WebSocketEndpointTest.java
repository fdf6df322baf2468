package dev.signalbox.endpoint.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.signalbox.router.Address;
import dev.signalbox.router.CloseReason;
import dev.signalbox.router.Endpoint;
import dev.signalbox.router.EndpointException;
import dev.signalbox.router.Logic;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.router.Principal;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterOptions;
import dev.signalbox.testing.contract.TestClient.Event;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is WebSocket's own, beyond the contract of all endpoints. */
@Timeout(60)
class WebSocketEndpointTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Address.Logic SERVER = new Address.Logic("server");

    private final Router router = Router.create(RouterOptions.defaults().withDrain(Duration.ZERO));
    private final WebSocketOptions options =
            WebSocketOptions.defaults().listening(on -> on.withPort(0).withTimeouts(timeouts(Duration.ofSeconds(10))));

    @AfterEach
    void close() {
        router.close();
    }

    private static ListenerOptions.Timeouts timeouts(Duration handshake) {
        return new ListenerOptions.Timeouts(
                handshake, Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofMillis(200));
    }

    private Endpoint open(WebSocketOptions changed) {
        Endpoint endpoint = WebSocketEndpoint.create(
                Transport.NATIVE.loops(), changed, token -> Optional.of(new Principal(token, Map.of())));
        router.attach(endpoint);
        return endpoint;
    }

    private static JdkWebSocketClient connect(Endpoint endpoint, String id, String query) {
        URI address = URI.create(endpoint.address() + query);
        JdkWebSocketClient client = new JdkWebSocketClient(HTTP, address, Optional.of(id));
        assertThat(client.next()).isEqualTo(new Event.Welcome(id));
        return client;
    }

    private static HttpResponse<String> get(Endpoint endpoint, String path) throws IOException, InterruptedException {
        URI address = URI.create("http://127.0.0.1:" + endpoint.address().getPort() + path);
        return HTTP.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void plainHttpGetsAClearAnswer() throws Exception {
        Endpoint endpoint = open(options);

        assertThat(get(endpoint, "/health").statusCode()).isEqualTo(200);
        assertThat(get(endpoint, "/health").body()).isEqualTo("{\"status\":\"up\"}");
        assertThat(get(endpoint, "/nonsense").statusCode()).isEqualTo(404);
        assertThat(get(endpoint, "/nonsense").body()).contains("\"error\":").contains("/ws");
        assertThat(get(endpoint, "/ws").statusCode()).isEqualTo(426);
        assertThat(get(endpoint, "/ws").headers().firstValue("content-type")).contains("application/json");
    }

    @Test
    void aTokenMayStandInTheUrl() {
        Endpoint endpoint = open(options);
        URI address = URI.create(endpoint.address() + "?access_token=alice");

        try (JdkWebSocketClient client = new JdkWebSocketClient(HTTP, address, Optional.empty())) {
            assertThat(client.next()).isEqualTo(new Event.Welcome("alice"));
        }
    }

    @Test
    void aWrongParameterIsABadRequest() {
        Endpoint endpoint = open(options);

        for (String query : List.of("?binary=maybe", "?to=nowhere")) {
            assertThatExceptionOfType(CompletionException.class)
                    .isThrownBy(() -> connect(endpoint, "alice", query))
                    .withMessageContaining("WebSocketHandshakeException");
        }
    }

    @Test
    void rawBinaryFramesGoToTheDefaultTargetsAndComeBackRaw() {
        Endpoint endpoint = open(options);
        router.add("echo", Logic.worker((message, context) -> context.reply(message, message.payload())));
        try (JdkWebSocketClient raw = connect(endpoint, "raw", "?binary=raw&to=logic:echo");
                JdkWebSocketClient json = connect(endpoint, "json", "?to=client:raw")) {
            raw.writeBinary(new byte[] {1, 2, (byte) 0xFF});
            assertThat(raw.nextBinary()).isEqualTo("0102ff");
            json.writeBinary(new byte[] {3});
            assertThat(raw.nextBinary()).isEqualTo("03");

            raw.write("{\"type\":\"use\",\"to\":\"client:json\",\"id\":\"u\"}");
            assertThat(raw.next()).isEqualTo(new Event.Ok("u"));
            raw.writeBinary(new byte[] {4});
            assertThat(((Event.Incoming) json.next()).payload()).isEqualTo(Payload.binary(new byte[] {4}));
        }
    }

    @Test
    void aBinaryBroadcastFitsEachClient() {
        Endpoint endpoint = open(options);
        try (JdkWebSocketClient raw = connect(endpoint, "raw", "?binary=raw");
                JdkWebSocketClient json = connect(endpoint, "json", "")) {
            router.send(Message.of(SERVER, Address.ALL, Payload.binary(new byte[] {7})));
            router.send(Message.of(SERVER, Address.ALL, Payload.text("seven")));

            assertThat(raw.nextBinary()).isEqualTo("07");
            assertThat(((Event.Incoming) json.next()).payload()).isEqualTo(Payload.binary(new byte[] {7}));
            for (JdkWebSocketClient each : List.of(raw, json)) {
                assertThat(((Event.Incoming) each.next()).payload()).isEqualTo(Payload.text("seven"));
            }
        }
    }

    @Test
    void whatIsToBeAcknowledgedComesInJsonEvenToARawClient() {
        Endpoint endpoint = open(options);
        try (JdkWebSocketClient raw = connect(endpoint, "raw", "?binary=raw")) {
            var result = router.sendAcknowledged(
                    Message.of(SERVER, Address.client("raw"), Payload.binary(new byte[] {1})), Duration.ofSeconds(10));
            raw.acknowledge(((Event.Incoming) raw.next()).id());
            assertThat(result.toCompletableFuture()).succeedsWithin(Duration.ofSeconds(10));
        }
    }

    @Test
    void jsonArrivesAsTextWithItsType() {
        Endpoint endpoint = open(options);
        try (JdkWebSocketClient alice = connect(endpoint, "alice", "")) {
            alice.write("{\"type\":\"send\",\"to\":\"client:alice\",\"json\":{ \"a\" : [1, true, \"ü\"] }}");
            assertThat(((Event.Incoming) alice.next()).payload()).isEqualTo(Payload.text("{\"a\":[1,true,\"ü\"]}"));
        }
    }

    @Test
    void aPingInJsonIsAnswered() {
        Endpoint endpoint = open(options);
        try (JdkWebSocketClient alice = connect(endpoint, "alice", "")) {
            alice.write("{\"type\":\"ping\",\"id\":\"p\"}");
            assertThat(alice.next()).isEqualTo(new Event.Ok("p"));
        }
    }

    @Test
    void framesThatSayNothingSensibleAreErrorsAndTheConnectionLives() {
        Endpoint endpoint = open(options);
        try (JdkWebSocketClient alice = connect(endpoint, "alice", "")) {
            for (String frame : List.of(
                    "{}",
                    "{\"type\":\"dance\"}",
                    "{\"type\":7}",
                    "{\"type\":\"send\",\"text\":\"x\"}",
                    "{\"type\":\"send\",\"to\":[],\"text\":\"x\"}",
                    "{\"type\":\"send\",\"to\":\"client:a\"}",
                    "{\"type\":\"send\",\"to\":\"client:a\",\"text\":\"x\",\"base64\":\"eA==\"}",
                    "{\"type\":\"send\",\"to\":\"client:a\",\"base64\":\"%%%\"}",
                    "{\"type\":\"send\",\"to\":\"client:a\",\"text\":\"\\ud800\"}",
                    "{\"type\":\"send\",\"to\":\"client:a\",\"text\":\"x\",\"headers\":{\"a\":1}}",
                    "{\"type\":\"send\",\"to\":\"client:a\",\"text\":\"x\",\"headers\":{\"a\":\"b\\r\\nc: d\"}}",
                    "{\"type\":\"send\",\"to\":\"client:a\",\"text\":\"x\",\"headers\":{\"a\\r\\nb\":\"c\"}}",
                    "{\"type\":\"request\",\"id\":\"1\",\"to\":\"client:a\",\"text\":\"x\",\"headers\":{\"a\":\"\\u0000\"}}",
                    "{\"type\":\"send\",\"to\":\"client:a\",\"text\":\"x\",\"ack\":true,\"within\":-1}",
                    "{\"type\":\"request\",\"to\":\"client:a\",\"text\":\"x\"}",
                    "{\"type\":\"ack\",\"id\":\"not a uuid\"}",
                    "{\"type\":\"auth\",\"token\":\"again\"}",
                    "[1]")) {
                alice.write(frame);
                assertThat(alice.next())
                        .as(frame)
                        .isInstanceOfSatisfying(
                                Event.Failed.class,
                                failed -> assertThat(failed.code()).isEqualTo("malformed"));
            }
            alice.write("{\"type\":\"send\",\"to\":\"client:alice\",\"text\":\"alive\",\"unknown\":{\"a\":[]}}");
            assertThat(((Event.Incoming) alice.next()).payload()).isEqualTo(Payload.text("alive"));
        }
    }

    @Test
    void connectionsAreLimitedInAllAndPerAddress() {
        ListenerOptions.Limits limits = options.listener().limits();
        Endpoint endpoint = open(options.listening(on -> on.withLimits(
                new ListenerOptions.Limits(limits.maxFrameBytes(), limits.maxOutboundBytes(), 100, 1, 10, 0))));
        JdkWebSocketClient first = connect(endpoint, "first", "");

        assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> connect(endpoint, "second", ""));
        first.close();
        await().ignoreException(CompletionException.class).until(() -> {
            connect(endpoint, "third", "").close();
            return true;
        });
    }

    @Test
    void aClientThatNeverUpgradesIsCutOff() throws IOException {
        Endpoint endpoint = open(options.listening(on -> on.withTimeouts(timeouts(Duration.ofMillis(300)))));
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), endpoint.address().getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write("GET /ws HTTP/1.1\r\nHost: ".getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    private static void upgrade(Socket socket, String query) throws IOException {
        String request = "GET /ws" + query + " HTTP/1.1\n" + """
            Host: x
            Upgrade: websocket
            Connection: Upgrade
            Sec-WebSocket-Version: 13
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==

            """;
        socket.getOutputStream().write(request.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    /** A text frame with the mask zero, which leaves the text as it is. */
    private static void writeMasked(ByteArrayOutputStream out, String text) {
        out.write(0x81);
        out.write(0x80 | text.length());
        out.writeBytes(new byte[4]);
        out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void whatComesWithTheTokenInOnePacketIsNotLost() throws IOException {
        Endpoint endpoint = open(options);
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), endpoint.address().getPort())) {
            socket.setSoTimeout(10_000);
            upgrade(socket, "");
            StringBuilder seen = new StringBuilder();
            readUntil(socket, seen, "\r\n\r\n");
            ByteArrayOutputStream packet = new ByteArrayOutputStream();
            writeMasked(packet, "{\"type\":\"auth\",\"token\":\"alice\"}");
            writeMasked(packet, "{\"type\":\"ping\",\"id\":\"early\"}");
            socket.getOutputStream().write(packet.toByteArray());

            readUntil(socket, seen, "{\"type\":\"pong\",\"id\":\"early\"}");
            assertThat(seen).containsSubsequence("welcome", "pong");
        }
    }

    private static void readUntil(Socket socket, StringBuilder seen, String end) throws IOException {
        while (seen.indexOf(end) < 0) {
            int next = socket.getInputStream().read();
            assertThat(next).as("the end of the stream after %s", seen).isNotNegative();
            seen.append((char) next);
        }
    }

    @Test
    void anUnmaskedFrameEndsTheConnection() throws IOException {
        Endpoint endpoint = open(options);
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), endpoint.address().getPort())) {
            socket.setSoTimeout(10_000);
            upgrade(socket, "?access_token=alice");
            await().until(() -> !router.sessions("alice").isEmpty());
            socket.getOutputStream().write(new byte[] {(byte) 0x81, 2, '{', '}'});
            String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            assertThat(all).contains("frames from a client must be masked");
        }
        assertThat(router.sessions("alice")).isEmpty();
    }

    @Test
    void aPortInUseSaysWhichAndWhatToDo() {
        int port = open(options).address().getPort();

        assertThatExceptionOfType(EndpointException.class)
                .isThrownBy(() -> open(options.listening(on -> on.withPort(port))))
                .withMessageContaining("127.0.0.1:" + port)
                .withMessageContaining("choose another port");
    }

    @Test
    void missingCertificatesSayWhichFiles() {
        assertThatExceptionOfType(EndpointException.class)
                .isThrownBy(() -> open(options.listening(on -> on.withTls(
                        new ListenerOptions.Tls(Path.of("no-chain.pem"), Path.of("no-key.pem"), Optional.empty())))))
                .withMessageContaining("no-chain.pem")
                .withMessageContaining("PEM");
    }

    @Test
    void anOutboundBoundBelowOnePayloadCannotStart() {
        ListenerOptions.Limits limits = options.listener().limits();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> open(options.listening(
                        on -> on.withLimits(new ListenerOptions.Limits(limits.maxFrameBytes(), 4 << 10, 1, 1, 1, 0)))))
                .withMessageContaining("maxOutboundBytes");
    }

    @Test
    void everyReasonHasACodeOfItsOwn() {
        assertThat(CloseReason.values())
                .extracting(reason -> CloseCode.of(reason).code())
                .doesNotHaveDuplicates()
                .allMatch(code -> code >= 1000 && code < 5000);
        assertThat(CloseReason.values())
                .allMatch(reason -> CloseCode.of(reason).text().length() <= 123);
    }
}
