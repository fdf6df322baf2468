package dev.signalbox.endpoint.netty;

import dev.signalbox.router.ClientGateway;
import dev.signalbox.router.ClientGateway.Admission;
import dev.signalbox.router.ClientSession;
import dev.signalbox.router.CloseReason;
import dev.signalbox.router.Connection;
import dev.signalbox.router.Endpoint;
import dev.signalbox.router.Message;
import dev.signalbox.router.Principal;
import dev.signalbox.router.SessionStart;
import dev.signalbox.router.Topic;
import dev.signalbox.router.TopicStart;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An endpoint without a port: outboxes that a test drives by hand. */
final class OutboxFixture implements Endpoint {
    private @Nullable ClientGateway gateway;

    ClientGateway gateway() {
        return Objects.requireNonNull(gateway);
    }

    LoopOutbox outbox(EventLoop loop) {
        return new LoopOutbox(loop, 16 << 20, gateway().everyone());
    }

    /** A topic, as a session that subscribes to it gets it. */
    Topic topic(String name) {
        Admission admission =
                gateway().connect(new Principal("reader", Map.of()), new Unread(), new SessionStart.Fresh());
        ClientSession session = ((Admission.Admitted) admission).session();
        return ((ClientSession.Subscribing.Subscribed) session.subscribe(name, new TopicStart.Oldest())).topic();
    }

    /** A connection whose client is never written to. */
    private static final class Unread implements Connection {
        @Override
        public boolean offer(Message message) {
            return true;
        }

        @Override
        public void close(CloseReason reason) {
            // There is nothing to close.
        }

        @Override
        public String remoteAddress() {
            return "memory";
        }
    }

    /** A connection that has joined. */
    static ClientConnection member(Channel channel, LoopOutbox outbox, boolean raw) {
        ClientConnection connection = connection(channel, outbox, raw, () -> {});
        outbox.join(connection);
        return connection;
    }

    static ClientConnection connection(Channel channel, LoopOutbox outbox, boolean raw, Runnable onClosing) {
        ListenerOptions options = ListenerOptions.on(0);
        Peer peer = Peer.accepted(
                new ConnectionCounter(options.limits()),
                options.proxies(),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 1));
        ClientConnection.Route route = new ClientConnection.Route(
                channel.eventLoop(),
                outbox,
                new WebSocketWire(channel),
                raw ? WebSocketFormat.RAW : WebSocketFormat.JSON,
                false);
        return new ClientConnection(route, options, peer, reason -> onClosing.run());
    }

    @Override
    public void start(ClientGateway router) {
        gateway = router;
    }

    @Override
    public URI address() {
        return URI.create("memory:outbox");
    }

    @Override
    public void stopAccepting() {
        // Connections are made by the test.
    }

    @Override
    public void close() {
        // Nothing is open.
    }
}
