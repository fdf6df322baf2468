package dev.signalbox.endpoint.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.router.Authenticator;
import dev.signalbox.router.Endpoint;
import dev.signalbox.router.Principal;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients whose tokens are looked at on the event loop. */
@Timeout(120)
class ImmediateAuthenticationTest {
    private static final Duration AUTHENTICATION = Duration.ofMillis(300);

    private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();
    private final Router router = Router.create(RouterOptions.defaults().withDrain(Duration.ZERO));
    private Endpoint endpoint = open();

    private Optional<Principal> authenticate(String token) {
        threads.add(Thread.currentThread());
        return switch (token) {
            case "forged" -> Optional.empty();
            case "broken" -> throw new IllegalStateException("the authenticator is broken");
            default -> Optional.of(new Principal(token, Map.of()));
        };
    }

    private Endpoint open() {
        WebSocketOptions options = WireFixture.OPTIONS.listening(on -> on.withTimeouts(new ListenerOptions.Timeouts(
                Duration.ofSeconds(30), AUTHENTICATION, Duration.ofMinutes(5), Duration.ofSeconds(2))));
        return WebSocketEndpoint.create(
                Transport.NATIVE.loops(), Transport.NATIVE.apply(options), Authenticator.immediate(this::authenticate));
    }

    @BeforeEach
    void attach() {
        router.attach(endpoint);
    }

    @AfterEach
    void close() {
        router.close();
    }

    private RawClient dial(String path) throws IOException {
        RawClient client =
                new RawClient(Transport.NATIVE.open(endpoint.address().getPort()));
        assertThat(client.upgrade(path).status()).isEqualTo(101);
        return client;
    }

    private static void ask(RawClient client) throws IOException {
        client.send(RawClient.frame(RawClient.FIN | RawClient.TEXT, "{\"type\":\"ping\",\"id\":\"1\"}"));
        assertThat(client.next().json().get("type").asString()).isEqualTo("pong");
    }

    @Test
    void theTokenOfAHandshakeIsLookedAtOnTheEventLoop() throws IOException {
        try (RawClient client = dial("/ws?access_token=alice")) {
            assertThat(client.next().json().get("client").asString()).isEqualTo("alice");
            ask(client);
            assertThat(threads).hasSize(1).allMatch(thread -> thread.getName().startsWith("endpoint"));
        }
    }

    @Test
    void soIsTheTokenOfAFrameAndWhatFollowsInTheSamePacketIsRead() throws IOException {
        try (RawClient client = dial("/ws")) {
            client.send(
                    RawClient.frame(RawClient.FIN | RawClient.TEXT, "{\"type\":\"auth\",\"token\":\"bob\"}"),
                    RawClient.frame(RawClient.FIN | RawClient.TEXT, "{\"type\":\"ping\",\"id\":\"1\"}"));
            assertThat(client.next().json().get("client").asString()).isEqualTo("bob");
            assertThat(client.next().json().get("type").asString()).isEqualTo("pong");
            assertThat(threads).hasSize(1).allMatch(thread -> thread.getName().startsWith("endpoint"));
        }
    }

    @Test
    void whatIsSentRightBehindTheHandshakeIsRead() throws IOException {
        try (RawClient client =
                new RawClient(Transport.NATIVE.open(endpoint.address().getPort()))) {
            client.send(
                    RawClient.upgradeRequest("/ws?access_token=carol").getBytes(StandardCharsets.US_ASCII),
                    RawClient.frame(RawClient.FIN | RawClient.TEXT, "{\"type\":\"ping\",\"id\":\"1\"}"));
            assertThat(client.response().status()).isEqualTo(101);
            assertThat(client.next().json().get("client").asString()).isEqualTo("carol");
            assertThat(client.next().json().get("type").asString()).isEqualTo("pong");
        }
    }

    @Test
    void aForgedTokenAndABrokenAuthenticatorEndTheConnection() throws IOException {
        try (RawClient forged = dial("/ws?access_token=forged");
                RawClient broken = dial("/ws?access_token=broken")) {
            assertThat(forged.closeCode()).isEqualTo(4401);
            assertThat(broken.closeCode()).isEqualTo(1011);
            assertThat(router.connected()).isZero();
        }
    }

    @Test
    void onlyAClientWithoutATokenIsTurnedAwayInTime() throws IOException {
        try (RawClient welcome = dial("/ws?access_token=dora");
                RawClient silent = dial("/ws")) {
            assertThat(welcome.next().json().get("client").asString()).isEqualTo("dora");
            // It came later: a deadline of the other one would be over by then.
            assertThat(silent.closeCode()).isEqualTo(4408);
            ask(welcome);
        }
    }
}
