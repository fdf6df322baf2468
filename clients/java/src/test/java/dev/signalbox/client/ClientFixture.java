package dev.signalbox.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.endpoint.netty.EventLoops;
import dev.signalbox.endpoint.netty.ListenerOptions;
import dev.signalbox.endpoint.netty.WebSocketEndpoint;
import dev.signalbox.endpoint.netty.WebSocketOptions;
import dev.signalbox.router.Address;
import dev.signalbox.router.Authenticator;
import dev.signalbox.router.Endpoint;
import dev.signalbox.router.Principal;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterOptions;
import dev.signalbox.router.TopicPolicy;
import dev.signalbox.testing.services.FaultProxy;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A router with a real endpoint, behind a proxy that breaks connections, and clients of it. */
abstract class ClientFixture {
    /** Idle for less than usual, so that silence is noticed within a test's time. */
    private static final ListenerOptions.Timeouts TIMEOUTS = new ListenerOptions.Timeouts(
            Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(3));

    private final List<SignalboxClient> clients = new ArrayList<>();
    Router router;
    FaultProxy proxy;
    private Endpoint endpoint;

    /** Tokens are good if they begin so; the rest is the client's id. */
    static Optional<Principal> authenticate(String token) {
        return token.startsWith("good-")
                ? Optional.of(new Principal(token.substring("good-".length()), Map.of()))
                : Optional.empty();
    }

    @BeforeEach
    void open() {
        TopicPolicy small = new TopicPolicy(5, 1 << 20, Duration.ofMinutes(5), TopicPolicy.SlowConsumer.GAP);
        RouterOptions.Topics topics = new RouterOptions.Topics(
                1_000,
                100,
                List.of(
                        new RouterOptions.TopicRule("small/*", small),
                        new RouterOptions.TopicRule("rooms/*", TopicPolicy.DEFAULT.withPresence(true)),
                        new RouterOptions.TopicRule("prices/*", TopicPolicy.DEFAULT.conflatingBy("symbol"))),
                TopicPolicy.DEFAULT);
        router = Router.create(RouterOptions.defaults().withTopics(topics).withDrain(Duration.ZERO));
        router.authorize((principal, operation, address) -> !address.toString().contains("secret"));
        endpoint = endpoint(on -> on, ClientFixture::authenticate);
        proxy = FaultProxy.before(endpoint.address().getPort());
    }

    /** Attaches another endpoint to the router. */
    Endpoint endpoint(UnaryOperator<ListenerOptions> change, Authenticator authenticator) {
        Endpoint made = WebSocketEndpoint.create(
                EventLoops.create(EventLoops.Options.defaults()),
                WebSocketOptions.defaults()
                        .listening(on -> change.apply(on.withPort(0).withTimeouts(TIMEOUTS))),
                authenticator);
        router.attach(made);
        return made;
    }

    @AfterEach
    void close() {
        clients.forEach(SignalboxClient::close);
        proxy.close();
        router.close();
    }

    static ClientOptions options(String name) {
        return ClientOptions.withTokens(() -> "good-" + name).withRetry(Duration.ofMillis(20), Duration.ofMillis(100));
    }

    /** Straight to the endpoint. */
    SignalboxClient client(String name, ClientListener listener) {
        return client(options(name), endpoint.address(), listener);
    }

    /** Through the proxy. */
    SignalboxClient fragile(ClientOptions options, ClientListener listener) {
        return client(options, URI.create("ws://127.0.0.1:" + proxy.port() + "/ws"), listener);
    }

    SignalboxClient client(ClientOptions options, URI url, ClientListener listener) {
        SignalboxClient client = SignalboxClient.connect(url, options, listener);
        clients.add(client);
        return client;
    }

    /** From the server. */
    void publish(String topic, String text) {
        router.send(dev.signalbox.router.Message.of(
                Address.logic("server"), Address.topic(topic), dev.signalbox.router.Payload.text(text)));
    }

    static <T> T get(CompletableFuture<T> future) {
        return future.orTimeout(30, TimeUnit.SECONDS).join();
    }

    /** What a call failed with. */
    static Throwable failure(CompletableFuture<?> future) {
        return future.handle((value, failure) -> Optional.ofNullable(failure))
                .orTimeout(60, TimeUnit.SECONDS)
                .join()
                .map(failure -> failure.getCause() == null ? failure : failure.getCause())
                .orElseThrow(() -> new AssertionError("it did not fail"));
    }

    /** A client that is connected. */
    SignalboxClient ready(String name, Recorder recorder) {
        SignalboxClient client = client(name, recorder);
        recorder.awaitState(State.OPEN);
        return client;
    }

    /** Fails unless the call is refused with this code, in a message that has these words. */
    static void assertRefused(CompletableFuture<?> call, String code, String words) {
        assertThat(failure(call))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.code()).isEqualTo(code))
                .hasMessageContaining(words);
    }
}
