package dev.signalbox.testing.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.router.Address;
import dev.signalbox.router.Authenticator;
import dev.signalbox.router.Endpoint;
import dev.signalbox.router.Logic;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.router.Principal;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterOptions;
import dev.signalbox.testing.contract.TestClient.Event;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The router, the endpoint under test and its clients, for one test. */
abstract class EndpointFixture {
    static final Address.Logic SERVER = new Address.Logic("server");
    static final Duration SOON = Duration.ofSeconds(10);

    private final List<TestClient> clients = new ArrayList<>();
    final RecordingListener listener = new RecordingListener();
    Router router;
    Endpoint endpoint;

    /** A new endpoint on a free port of the loopback address. */
    protected abstract Endpoint endpoint(Authenticator authenticator, EndpointSettings settings);

    /** Connects, with a token in the handshake if there is one. It need not wait for the welcome. */
    protected abstract TestClient connect(URI address, Optional<String> token);

    /** How the endpoint tells where a client connects from, at least in part. */
    protected String clientAddress() {
        return "127.0.0.1";
    }

    Router router(RouterOptions options) {
        return Router.create(
                options.withMaxPayloadBytes(48 << 10).withDrain(Duration.ofSeconds(2)),
                listener,
                InstantSource.system());
    }

    /** A token is good if it begins so; the rest is the client's id. */
    Optional<Principal> authenticate(String token) {
        return token.startsWith("good-")
                ? Optional.of(new Principal(token.substring(5), Map.of("plan", "gold")))
                : Optional.empty();
    }

    @BeforeEach
    final void open() {
        open(RouterOptions.defaults(), this::authenticate, EndpointSettings.DEFAULT);
    }

    private void open(RouterOptions options, Authenticator authenticator, EndpointSettings settings) {
        router = router(options);
        endpoint = endpoint(authenticator, settings);
        router.attach(endpoint);
        router.add("echo", Logic.worker((message, context) -> context.reply(message, message.payload())));
    }

    @AfterEach
    final void shut() {
        clients.forEach(TestClient::close);
        router.close();
    }

    void reopen(RouterOptions options, EndpointSettings settings) {
        router.close();
        open(options, this::authenticate, settings);
    }

    void reopen(Authenticator authenticator, EndpointSettings settings) {
        router.close();
        open(RouterOptions.defaults(), authenticator, settings);
    }

    TestClient dial(Optional<String> token) {
        TestClient client = connect(endpoint.address(), token);
        clients.add(client);
        return client;
    }

    TestClient client(String id) {
        TestClient client = dial(Optional.of("good-" + id));
        assertThat(client.next()).isEqualTo(new Event.Welcome(id));
        return client;
    }

    /** From the server; all it is for take it over. */
    void send(Address to, Payload payload) {
        assertThat(router.send(Message.of(SERVER, to, payload)).errors()).isEmpty();
    }

    static Payload text(String value) {
        return Payload.text(value);
    }

    static <T extends Event> T next(TestClient client, Class<T> kind) {
        Event event = client.next();
        assertThat(event).isInstanceOf(kind);
        return kind.cast(event);
    }

    static String nextText(TestClient client) {
        return ((Payload.Text) next(client, Event.Incoming.class).payload()).value();
    }

    static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
    }

    void awaitGone(String id) {
        await().atMost(SOON).until(() -> router.sessions(id).isEmpty());
    }

    static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
