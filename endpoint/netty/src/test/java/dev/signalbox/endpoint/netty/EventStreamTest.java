package dev.signalbox.endpoint.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.router.Address;
import dev.signalbox.router.Endpoint;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.router.Principal;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterOptions;
import dev.signalbox.testing.contract.TestClient.Event;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is the own of clients over HTTP, beyond the contract of all endpoints. */
@Timeout(60)
class EventStreamTest {
    private static final Address.Logic SERVER = Address.logic("server");

    private final Router router = Router.create(RouterOptions.defaults().withDrain(Duration.ZERO));

    @AfterEach
    void close() {
        router.close();
    }

    private URI open(Duration resume, Duration idle) {
        ListenerOptions listener = ListenerOptions.on(0)
                .withTimeouts(new ListenerOptions.Timeouts(
                        Duration.ofSeconds(10), Duration.ofSeconds(10), idle, Duration.ofSeconds(1)));
        WebSocketOptions options = WebSocketOptions.defaults()
                .listening(on -> listener)
                .withEvents(
                        Optional.of(new WebSocketOptions.Events("/events", List.of("https://good.example"), resume)));
        Endpoint endpoint = WebSocketEndpoint.create(
                Transport.NATIVE.loops(2), options, token -> Optional.of(new Principal(token, Map.of())));
        router.attach(endpoint);
        router.authorize((principal, operation, address) -> true);
        return URI.create("http://127.0.0.1:" + endpoint.address().getPort() + "/events");
    }

    private URI open() {
        return open(Duration.ofSeconds(30), Duration.ofSeconds(60));
    }

    private static EventClient connect(URI url, String id) {
        EventClient client =
                new EventClient(url, Optional.of(id), Optional.empty(), new CompletableFuture<>(), "?ping=json");
        assertThat(client.next()).isEqualTo(new Event.Welcome(id));
        return client;
    }

    private void send(Address to, String text) {
        assertThat(router.send(Message.of(SERVER, to, Payload.text(text))).complete())
                .isTrue();
    }

    private static String text(Event event) {
        return switch (event) {
            case Event.Incoming incoming -> incoming.payload().toString();
            case Event.Published published -> published.payload().toString();
            default -> throw new AssertionError("not a message: " + event);
        };
    }

    @Test
    void nothingIsLostOrDoubledWhenStreamsBreakAtAnyByte() {
        EventClient client = connect(open(), "alice");
        client.subscribe("s", "news", Optional.empty());
        assertThat(client.next()).isInstanceOf(Event.Subscribed.class);
        int all = 3_000;
        // No further ahead than a topic keeps.
        Semaphore window = new Semaphore(100);
        CompletableFuture<Void> sending = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            for (int i = 0; i < all; i++) {
                window.acquireUninterruptibly();
                send(Address.client("alice"), "direct " + i + " " + "x".repeat(i % 300));
                send(Address.ALL, "all " + i);
                send(Address.topic("news"), "topic " + i);
            }
            sending.complete(null);
        });
        int[] next = new int[3];
        List<String> kinds = List.of("direct", "all", "topic");
        int breaks = 0;
        int looked = 0;
        for (int seen = 0; seen < 3 * all; seen++) {
            String[] words = text(client.next()).split(" ", -1);
            int kind = kinds.indexOf(words[0]);
            assertThat(Integer.parseInt(words[1])).as(words[0]).isEqualTo(next[kind]++);
            window.release(kind == 0 ? 1 : 0);
            looked++;
            if (looked % 250 == 0) {
                EventClient before = client;
                client = before.comeBack();
                int drained = drain(before, kinds, next, window);
                seen += drained;
                breaks++;
            }
        }
        sending.join();
        assertThat(breaks).isGreaterThan(5);
        assertThat(next).containsOnly(all);
        assertThat(router.sessions("alice")).as("one session all the while").hasSize(1);
        client.close();
    }

    /** What the broken stream had brought and was not looked at yet. */
    private static int drain(EventClient before, List<String> kinds, int[] next, Semaphore window) {
        int count = 0;
        for (Optional<Event> event = before.seen(); event.isPresent(); event = before.seen()) {
            String[] words = text(event.get()).split(" ", -1);
            int kind = kinds.indexOf(words[0]);
            assertThat(Integer.parseInt(words[1])).as(words[0]).isEqualTo(next[kind]++);
            window.release(kind == 0 ? 1 : 0);
            count++;
        }
        return count;
    }

    @Test
    void whoComesBackTooLateBeginsAnew() {
        EventClient first = connect(open(Duration.ofMillis(50), Duration.ofSeconds(60)), "alice");
        var session = router.sessions("alice").getFirst().id();
        first.abort();
        await().until(() -> router.sessions("alice").isEmpty());

        EventClient second = first.comeBackAs("alice");
        assertThat(second.next()).isEqualTo(new Event.Welcome("alice"));
        assertThat(router.sessions("alice").getFirst().id()).isNotEqualTo(session);
        assertThat(second.post("{\"type\":\"ping\",\"id\":\"p\"}")).isEqualTo(204);
        assertThat(second.next()).isEqualTo(new Event.Ok("p"));
        second.close();
    }

    @Test
    void whoMissedMoreThanIsKeptBeginsAnew() {
        EventClient first = connect(open(), "alice");
        String early = first.lastEventId();
        for (int i = 0; i < 6; i++) {
            send(Address.client("alice"), i + "x".repeat(100_000));
            assertThat(first.next()).isInstanceOf(Event.Incoming.class);
        }
        first.abort();
        EventClient second = first.guessing(early, "alice");

        assertThat(second.next()).isEqualTo(new Event.Welcome("alice"));
        second.close();
    }

    @Test
    void aClientThatSaysNothingStaysWhileItsStreamTakesComments() throws IOException {
        URI url = open(Duration.ofSeconds(30), Duration.ofSeconds(3));
        try (Socket socket = request(url, "GET /events?access_token=carol HTTP/1.1\r\nHost: here\r\n\r\n")) {
            socket.setSoTimeout(10_000);
            StringBuilder read = new StringBuilder();
            while (read.toString().split("\n:\n", -1).length < 4) {
                int b = socket.getInputStream().read();
                assertThat(b).as("the stream ended after: %s", read).isNotNegative();
                read.append((char) b);
            }
            assertThat(router.sessions("carol")).hasSize(1);
        }
    }

    private static Socket request(URI url, String request) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), url.getPort());
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** The answer to a request after which the connection ends. */
    private static String answer(URI url, String request) throws IOException {
        try (Socket socket = request(url, request)) {
            socket.setSoTimeout(10_000);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    @Test
    void pagesOfConfiguredOriginsMayConnectAndNoOthers() throws IOException {
        URI url = open();
        String ask = "OPTIONS /events HTTP/1.1\r\nHost: here\r\nAccess-Control-Request-Method: POST\r\nOrigin: ";
        // The second request ends the connection.
        String end = "\r\n\r\n";
        try (Socket socket = request(url, ask + "https://good.example" + end)) {
            assertThat(head(socket))
                    .contains("204")
                    .contains("access-control-allow-origin: https://good.example")
                    .contains("access-control-allow-headers: authorization");
            socket.getOutputStream().write((ask + "https://evil.example" + end).getBytes(StandardCharsets.US_ASCII));
            assertThat(head(socket)).contains("204").doesNotContain("access-control-allow-origin");
        }
    }

    private static String head(Socket socket) throws IOException {
        socket.setSoTimeout(10_000);
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) socket.getInputStream().read());
        }
        return head.toString();
    }

    @Test
    void whatIsWrongWithARequestIsSaid() throws IOException {
        URI url = open();
        assertThat(answer(url, "POST /events HTTP/1.1\r\nHost: here\r\n\r\n")).contains(" 411 ");
        assertThat(
                        answer(
                                url,
                                "POST /events HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n"))
                .contains(" 4")
                .doesNotContain(" 204 ");
        assertThat(
                        answer(
                                url,
                                "POST /events HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer x\r\nContent-Length: 2\r\n\r\n{}"))
                .contains(" 404 ")
                .contains("no such session");
        assertThat(answer(url, "PUT /events HTTP/1.1\r\nHost: here\r\n\r\n"))
                .contains(" 405 ")
                .contains("allow: GET, POST, DELETE, OPTIONS");
        assertThat(answer(url, "GET /events?ping=maybe HTTP/1.1\r\nHost: here\r\n\r\n"))
                .contains(" 400 ")
                .contains("ping");
    }

    @Test
    void aSecretOfAnotherOpensNothing() {
        URI url = open();
        EventClient alice = connect(url, "alice");

        assertThat(alice.lastEventId()).matches("[\\w-]{22}\\.[0-9]+");
        EventClient guess = alice.guessing("AAAAAAAAAAAAAAAAAAAAAA.1", "mallory");
        assertThat(guess.next()).isEqualTo(new Event.Welcome("mallory"));
        send(Address.client("alice"), "for alice");
        assertThat(text(alice.next())).isEqualTo("for alice");
        guess.close();
        alice.close();
    }
}
