package dev.signalbox.endpoint.netty;

import dev.signalbox.endpoint.netty.ConnectionListener.Fault;
import dev.signalbox.endpoint.netty.ListenerOptions.AddressSource;
import dev.signalbox.endpoint.netty.ListenerOptions.Port;
import dev.signalbox.endpoint.netty.ListenerOptions.UnixSocket;
import dev.signalbox.endpoint.netty.Peer.Verdict;
import dev.signalbox.router.Authenticator;
import dev.signalbox.router.ClientGateway;
import dev.signalbox.router.CloseReason;
import dev.signalbox.router.Endpoint;
import dev.signalbox.router.EndpointException;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.handler.codec.DecoderException;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What all endpoints over Netty share: where they listen, TLS, limits of connections, and the end. */
abstract class NettyEndpoint implements Endpoint {
    private static final Logger LOG = LoggerFactory.getLogger(NettyEndpoint.class);
    private static final int BACKLOG = 1_024;
    /** How often the files of certificates are looked at. */
    private static final int REFRESH_SECONDS = 10;

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
    private Optional<Certificates> certificates = Optional.empty();
    private @Nullable ScheduledFuture<?> watch;
    private @Nullable SocketFile socketFile;

    NettyEndpoint(
            EventLoops loops, ListenerOptions listening, Authenticator authenticator, ConnectionListener listener) {
        this.loops = loops;
        this.listening = listening;
        this.authenticator = authenticator;
        this.listener = listener;
        this.connections = new ConnectionCounter(listening.limits());
    }

    /** Sets up a new connection, behind TLS and what proxies put in front. */
    abstract void greet(Channel channel, Peer peer);

    /** Closes clients that outlive their connections. */
    void closeSessions(CloseReason reason) {}

    /** What clients may choose from over TLS (ALPN); empty for nothing. */
    List<String> applicationProtocols() {
        return List.of();
    }

    /** Whether a connection over the limits may wait until it can be told so; else it is closed at once. */
    abstract boolean tellsWhy();

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
        certificates = listening.tls().map(files -> new Certificates(files, applicationProtocols()));
        EventLoops.Running started = loops.acquire(router);
        hasLoops.set(true);
        running = started;
        started.outboxes()
                .values()
                .forEach(outbox -> outbox.watch(listening.timeouts().idle()));
        port = bind(started);
        watchCertificates(started);
    }

    private void watchCertificates(EventLoops.Running started) {
        if (certificates.isPresent()) {
            watch = started.group()
                    .scheduleWithFixedDelay(
                            () -> Thread.ofVirtual().name("certificates").start(this::refreshCertificates),
                            REFRESH_SECONDS,
                            REFRESH_SECONDS,
                            TimeUnit.SECONDS);
        }
    }

    /** Reads files that have changed: not for event loops. */
    final void refreshCertificates() {
        certificates.ifPresent(Certificates::refresh);
    }

    private Channel bind(EventLoops.Running started) {
        return switch (listening.place()) {
            case Port(String host, int number) -> {
                ServerBootstrap bootstrap =
                        bootstrap(started).channel(started.isEpoll() ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
                                .childOption(ChannelOption.TCP_NODELAY, true);
                yield bind(
                        bootstrap,
                        new InetSocketAddress(host, number),
                        host + ":" + number,
                        "stop what listens there, or choose another port (0 picks a free one)");
            }
            case UnixSocket socket -> bind(started, socket);
        };
    }

    private Channel bind(EventLoops.Running started, UnixSocket socket) {
        SocketFile file = claim(socket);
        ServerBootstrap bootstrap = bootstrap(started)
                .channel(
                        started.isEpoll()
                                ? EpollServerDomainSocketChannel.class
                                : NioServerDomainSocketChannel.class);
        Channel bound = bind(
                bootstrap,
                started.isEpoll()
                        ? new DomainSocketAddress(file.unseen().toFile())
                        : UnixDomainSocketAddress.of(file.unseen()),
                socket.path().toString(),
                "see that its folder exists and may be written to");
        try {
            file.publish();
        } catch (EndpointException e) {
            bound.close().awaitUninterruptibly();
            releaseLoops();
            throw e;
        }
        return bound;
    }

    private SocketFile claim(UnixSocket socket) {
        try {
            SocketFile file = SocketFile.claim(socket);
            socketFile = file;
            return file;
        } catch (EndpointException e) {
            releaseLoops();
            throw e;
        }
    }

    private ServerBootstrap bootstrap(EventLoops.Running started) {
        int bound = listening.limits().maxOutboundBytes();
        return new ServerBootstrap()
                .group(started.group())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(bound / 2, bound))
                .childHandler(new Pipeline());
    }

    private Channel bind(ServerBootstrap bootstrap, SocketAddress address, String place, String advice) {
        ChannelFuture binding = bootstrap.bind(address).awaitUninterruptibly();
        if (!binding.isSuccess()) {
            removeSocketFile();
            releaseLoops();
            throw new EndpointException(
                    "cannot listen on " + place + " (" + binding.cause().getMessage() + "); " + advice,
                    binding.cause());
        }
        return binding.channel();
    }

    private void removeSocketFile() {
        if (socketFile != null) {
            socketFile.close();
            socketFile = null;
        }
    }

    /** How a new connection begins. */
    private final class Pipeline extends ChannelInitializer<Channel> {
        @Override
        protected void initChannel(Channel channel) {
            channels.add(channel);
            Peer peer = Peer.accepted(connections, listening.proxies(), channel.remoteAddress());
            channel.closeFuture().addListener(closed -> peer.gone());
            if (!admits(peer)) {
                var _ = channel.close();
                return;
            }
            if (peer.isProxy() && listening.proxies().source() == AddressSource.PROXY_PROTOCOL) {
                channel.pipeline().addLast(new ProxyHeaderHandler(NettyEndpoint.this, peer));
            }
            certificates.ifPresent(
                    each -> channel.pipeline().addLast(each.current().newHandler(channel.alloc())));
            greet(channel, peer);
        }
    }

    /**
     * Called when a connection's address becomes known. Counts one that is over the limits; false if it has to go at once, because
     * too many of them wait already to be told.
     */
    final boolean admits(Peer peer) {
        if (peer.verdict() == Verdict.OK || peer.isToBeTold()) {
            return true;
        }
        boolean byAddress = peer.verdict() == Verdict.TOO_MANY_FROM_ADDRESS;
        failed(byAddress ? Fault.TOO_MANY_FROM_ADDRESS : Fault.TOO_MANY, peer, "over the limit of connections");
        return tellsWhy() && peer.mayBeTold();
    }

    /** Closes a channel with the endpoint that is not a connection of its own. */
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
    public final void stopAccepting() {
        Channel bound = port;
        if (bound != null) {
            bound.close().awaitUninterruptibly();
            removeSocketFile();
        }
    }

    @Override
    public final void close() {
        stopAccepting();
        if (watch != null) {
            watch.cancel(false);
        }
        closeSessions(CloseReason.RESTARTING);
        channels.forEach(channel -> channel.pipeline().fireUserEventTriggered(CloseReason.RESTARTING));
        // Those that do not answer are closed by their own timer; this only waits for it.
        long patience = listening.timeouts().close().toMillis() + 1_000;
        channels.newCloseFuture().awaitUninterruptibly(patience);
        channels.close().awaitUninterruptibly(1_000);
        releaseLoops();
    }

    private void releaseLoops() {
        if (hasLoops.compareAndSet(true, false)) {
            loops.release();
        }
    }
}
