package dev.signalbox.endpoint.netty;

import dev.signalbox.endpoint.netty.ConnectionListener.Fault;
import dev.signalbox.endpoint.netty.ListenerOptions.Port;
import dev.signalbox.endpoint.netty.ListenerOptions.UnixSocket;
import dev.signalbox.router.Authenticator;
import dev.signalbox.router.ClientGateway;
import dev.signalbox.router.CloseReason;
import dev.signalbox.router.Endpoint;
import dev.signalbox.router.EndpointException;
import io.netty.bootstrap.AbstractBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.DecoderException;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What all endpoints over Netty share: their event loops, who looks at tokens, limits, and the end. */
abstract class NettyEndpoint implements Endpoint {
    private static final Logger LOG = LoggerFactory.getLogger(NettyEndpoint.class);

    /** Tokens that are looked at at a time; others wait within their deadline. */
    static final int MAX_AUTHENTICATIONS = 256;

    private final ListenerOptions listening;
    private final EventLoops loops;
    private final Authenticator authenticator;
    private final ConnectionListener listener;
    private final ConnectionCounter connections;
    private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final Semaphore authentications = new Semaphore(MAX_AUTHENTICATIONS);
    private final FailureLog authenticatorFailures = new FailureLog(LOG, System::nanoTime);
    private final AtomicBoolean hasLoops = new AtomicBoolean();
    private EventLoops.@Nullable Running running;
    private @Nullable ClientGateway gateway;
    private volatile @Nullable Channel port;

    NettyEndpoint(
            EventLoops loops, ListenerOptions listening, Authenticator authenticator, ConnectionListener listener) {
        this.loops = loops;
        this.listening = listening;
        this.authenticator = authenticator;
        this.listener = listener;
        this.connections = new ConnectionCounter(listening.limits());
    }

    /** Closes clients that outlive their connections. */
    void closeSessions(CloseReason reason) {}

    /** Begins to listen. @throws EndpointException if that is not possible */
    abstract Channel listen(EventLoops.Running started);

    /** It accepts no client any more. */
    void stopped() {}

    final ListenerOptions listening() {
        return listening;
    }

    final Authenticator authenticator() {
        return authenticator;
    }

    final FailureLog authenticatorFailures() {
        return authenticatorFailures;
    }

    final Semaphore authentications() {
        return authentications;
    }

    /** Counts a fault of a client or of the network, and leaves no more than a line: anybody can cause as many as they like. */
    final void failed(Fault fault, Peer peer, String what) {
        LOG.debug("connection of {} failed: {}: {}", peer, fault, what);
        listener.failed(fault);
    }

    /** The same for an exception; false if it is neither the client's fault nor the network's. */
    final boolean failed(Throwable failure, Peer peer) {
        Throwable cause =
                failure instanceof DecoderException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof SSLException) {
            failed(Fault.TLS, peer, String.valueOf(cause.getMessage()));
        } else if (cause instanceof IOException) {
            failed(Fault.BROKEN, peer, String.valueOf(cause.getMessage()));
        }
        return cause instanceof IOException;
    }

    final ClientGateway gateway() {
        return Objects.requireNonNull(gateway);
    }

    final LoopOutbox outbox(Channel channel) {
        return Objects.requireNonNull(Objects.requireNonNull(running).outboxes().get(channel.eventLoop()));
    }

    @Override
    public final void start(ClientGateway router) {
        if (router.maxEncodedBytes() > listening.limits().maxOutboundBytes()) {
            throw new IllegalArgumentException(
                    "maxOutboundBytes (" + listening.limits().maxOutboundBytes()
                            + ") must hold one message of the router's limits, which takes up to "
                            + router.maxEncodedBytes() + " bytes in JSON");
        }
        gateway = router;
        EventLoops.Running started = loops.acquire(router);
        hasLoops.set(true);
        running = started;
        started.outboxes()
                .values()
                .forEach(outbox -> outbox.watch(listening.timeouts().idle()));
        try {
            port = listen(started);
        } catch (RuntimeException e) {
            stopped();
            releaseLoops();
            throw e;
        }
    }

    /** Binds a channel; {@code advice} is for those who read that it is not possible. */
    static Channel bind(AbstractBootstrap<?, ?> bootstrap, SocketAddress address, String place, String advice) {
        ChannelFuture binding = bootstrap.bind(address).awaitUninterruptibly();
        if (!binding.isSuccess()) {
            throw new EndpointException(
                    "cannot listen on " + place + " (" + binding.cause().getMessage() + "); " + advice,
                    binding.cause());
        }
        return binding.channel();
    }

    /** The other end of something new, counted in the limits. */
    final Peer peer(@Nullable SocketAddress remote) {
        return Peer.accepted(connections, listening.proxies(), remote);
    }

    /** Closes the channel with the endpoint. */
    final void track(Channel channel) {
        channels.add(channel);
    }

    /** Whether new connections are let in. */
    final boolean isAccepting() {
        Channel bound = port;
        return bound != null && bound.isOpen();
    }

    /**
     * Where it listens: the port that it got, or the file of a Unix socket, with the path of the URL behind a colon.
     *
     * @param path of the URL; empty for none
     * @throws IllegalStateException before the start
     */
    final URI address(String scheme, String path) {
        Channel bound = port;
        if (bound == null) {
            throw new IllegalStateException("the endpoint is not started");
        }
        try {
            return switch (listening.place()) {
                case Port(String host, int _) ->
                    new URI(scheme, null, host, ((InetSocketAddress) bound.localAddress()).getPort(), path, null, null);
                case UnixSocket(Path file, var _) ->
                    new URI(scheme + "+unix", null, path.isEmpty() ? file.toString() : file + ":" + path, null, null);
            };
        } catch (URISyntaxException e) {
            throw new IllegalStateException("host or path does not fit into a URI", e);
        }
    }

    @Override
    public void stopAccepting() {
        closePort();
    }

    final void closePort() {
        Channel bound = port;
        if (bound != null) {
            bound.close().awaitUninterruptibly();
        }
        stopped();
    }

    @Override
    public final void close() {
        stopAccepting();
        closeSessions(CloseReason.RESTARTING);
        channels.forEach(channel -> channel.pipeline().fireUserEventTriggered(CloseReason.RESTARTING));
        // Those that do not answer are closed by their own timer; this only waits for it.
        long patience = listening.timeouts().close().toMillis() + 1_000;
        channels.newCloseFuture().awaitUninterruptibly(patience);
        channels.close().awaitUninterruptibly(1_000);
        closePort();
        releaseLoops();
    }

    private void releaseLoops() {
        if (hasLoops.compareAndSet(true, false)) {
            loops.release();
        }
    }
}
