package dev.signalbox.endpoint.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.endpoint.netty.ConnectionListener.Fault;
import dev.signalbox.router.Address;
import dev.signalbox.router.Endpoint;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.router.Principal;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** An endpoint, and clients that speak to it byte by byte. A client's token is its id. */
@Timeout(120)
abstract class WireFixture {
    static final Duration SOON = Duration.ofSeconds(20);
    static final WebSocketOptions OPTIONS = WebSocketOptions.defaults()
            .listening(on -> on.withPort(0)
                    .withTimeouts(new ListenerOptions.Timeouts(
                            Duration.ofSeconds(30),
                            Duration.ofSeconds(30),
                            Duration.ofMinutes(5),
                            Duration.ofSeconds(2))));

    final Queue<Fault> faults = new ConcurrentLinkedQueue<>();
    private final List<RawClient> clients = new ArrayList<>();
    private Optional<Router> opened = Optional.empty();
    private Transport transport = Transport.NIO;
    private int port;

    void open(Transport over, WebSocketOptions options) {
        open(over, options, RouterOptions.defaults());
    }

    void open(Transport over, WebSocketOptions options, RouterOptions routing) {
        transport = over;
        Router router = Router.create(routing.withDrain(Duration.ZERO));
        opened = Optional.of(router);
        prepare(router);
        Endpoint endpoint =
                WebSocketEndpoint.create(over.loops(), over.apply(options), WireFixture::identity, faults::add);
        router.attach(endpoint);
        port = endpoint.address().getPort();
    }

    /** What a test does with the router before clients are let in. */
    void prepare(Router router) {
        assertThat(router.connected()).isZero();
    }

    private static Optional<Principal> identity(String token) {
        return token.length() > 100 ? Optional.empty() : Optional.of(new Principal(token, Map.of()));
    }

    static WebSocketOptions limits(int frame, int connections, int perAddress, int rate, int minRate) {
        ListenerOptions.Limits usual = OPTIONS.listener().limits();
        return OPTIONS.listening(on -> on.withLimits(new ListenerOptions.Limits(
                frame, Math.max(2 * frame, usual.maxOutboundBytes()), connections, perAddress, rate, minRate)));
    }

    static WebSocketOptions rate(int perSecond) {
        return limits(512 << 10, 1_000, 1_000, perSecond, 0);
    }

    static WebSocketOptions idle(WebSocketOptions options, Duration handshake, Duration idle) {
        return options.listening(on -> on.withTimeouts(
                new ListenerOptions.Timeouts(handshake, Duration.ofSeconds(30), idle, Duration.ofSeconds(2))));
    }

    Router router() {
        return opened.orElseThrow();
    }

    int port() {
        return port;
    }

    RawClient dial() throws IOException {
        return keep(new RawClient(transport.open(port)));
    }

    RawClient keep(RawClient client) {
        clients.add(client);
        return client;
    }

    RawClient client(String id) throws IOException {
        return dial().connect(id, "");
    }

    void broadcast(String text) {
        router().send(Message.of(Address.logic("server"), Address.ALL, Payload.text(text)));
    }

    @AfterEach
    void close() throws IOException {
        for (RawClient client : clients) {
            client.close();
        }
        opened.ifPresent(Router::close);
    }
}
