package dev.signalbox.endpoint.netty;

import dev.signalbox.endpoint.netty.ConnectionListener.Fault;
import dev.signalbox.endpoint.netty.Peer.Verdict;
import dev.signalbox.endpoint.netty.WebSocketOptions.AddressSource;
import dev.signalbox.router.Authenticator;
import dev.signalbox.router.ClientGateway;
import dev.signalbox.router.CloseReason;
import dev.signalbox.router.Endpoint;
import dev.signalbox.router.EndpointException;
import dev.signalbox.router.Topic;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Clients over WebSocket (RFC 6455), as docs/protocol.md describes. */
public final class WebSocketEndpoint implements Endpoint {
    private static final Logger LOG = LoggerFactory.getLogger(WebSocketEndpoint.class);
    private static final int BACKLOG = 1_024;
    /** Tokens that are looked at at a time; others wait within their deadline. */
    static final int MAX_AUTHENTICATIONS = 256;

    private static final HttpDecoderConfig HEAD = new HttpDecoderConfig()
            .setMaxInitialLineLength(RequestGuard.MAX_LINE)
            .setMaxHeaderSize(RequestGuard.MAX_HEADERS);

    private final WebSocketOptions options;
    private final Authenticator authenticator;
    private final ConnectionListener listener;
    private final Handshake handshake;
    private final ConnectionCounter connections;
    private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final Semaphore authentications;
    private Map<EventLoop, LoopOutbox> outboxes = Map.of();
    private @Nullable ClientGateway gateway;
    private @Nullable MultiThreadIoEventLoopGroup loops;
    private volatile @Nullable Channel listening;

    private WebSocketEndpoint(WebSocketOptions options, Authenticator authenticator, ConnectionListener listener) {
        this.options = options;
        this.authenticator = authenticator;
        this.listener = listener;
        this.handshake = new Handshake(options.path(), options.compression());
        this.connections = new ConnectionCounter(options.limits());
        this.authentications = new Semaphore(MAX_AUTHENTICATIONS);
    }

    /** An endpoint that is not started: give it to {@link dev.signalbox.router.Router#attach}. */
    public static Endpoint create(WebSocketOptions options, Authenticator authenticator) {
        return create(options, authenticator, ConnectionListener.NONE);
    }

    /** The same with somebody who is told of connections that fail. */
    public static Endpoint create(WebSocketOptions options, Authenticator authenticator, ConnectionListener listener) {
        return new WebSocketEndpoint(options, authenticator, listener);
    }

    WebSocketOptions options() {
        return options;
    }

    Authenticator authenticator() {
        return authenticator;
    }

    Semaphore authentications() {
        return authentications;
    }

    Handshake handshake() {
        return handshake;
    }

    /** Counts a fault of a client or of the network, and leaves no more than a line: anybody can cause as many as they like. */
    void failed(Fault fault, Peer peer, String what) {
        LOG.debug("connection of {} failed: {}: {}", peer, fault, what);
        listener.failed(fault);
    }

    /** The same for an exception; false if it is neither the client's fault nor the network's. */
    boolean failed(Throwable failure, Peer peer) {
        Throwable cause =
                failure instanceof DecoderException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof SSLException) {
            failed(Fault.TLS, peer, String.valueOf(cause.getMessage()));
        } else if (cause instanceof IOException) {
            failed(Fault.BROKEN, peer, String.valueOf(cause.getMessage()));
        }
        return cause instanceof IOException;
    }

    ClientGateway gateway() {
        return Objects.requireNonNull(gateway);
    }

    LoopOutbox outbox(Channel channel) {
        return Objects.requireNonNull(outboxes.get(channel.eventLoop()));
    }

    @Override
    public void start(ClientGateway router) {
        if (router.maxEncodedBytes() > options.limits().maxOutboundBytes()) {
            throw new IllegalArgumentException(
                    "maxOutboundBytes (" + options.limits().maxOutboundBytes()
                            + ") must hold one message of the router's limits, which takes up to "
                            + router.maxEncodedBytes() + " bytes in JSON");
        }
        gateway = router;
        Optional<SslContext> tls = options.tls().map(WebSocketEndpoint::sslContext);
        boolean epoll = options.nativeTransport() && Epoll.isAvailable();
        MultiThreadIoEventLoopGroup started = new MultiThreadIoEventLoopGroup(
                options.eventLoops(), new DefaultThreadFactory("websocket"), ioHandlers(epoll));
        loops = started;
        outboxes = outboxes(started, router.everyone());
        listening = bind(started, epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class, tls);
    }

    private static IoHandlerFactory ioHandlers(boolean epoll) {
        return epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    }

    private static SslContext sslContext(WebSocketOptions.Tls files) {
        try {
            return SslContextBuilder.forServer(
                            files.certificateChain().toFile(),
                            files.privateKey().toFile())
                    .sslProvider(SslProvider.JDK)
                    .protocols("TLSv1.3", "TLSv1.2")
                    .build();
        } catch (SSLException | IllegalArgumentException e) {
            throw new EndpointException(
                    "no TLS with the certificate " + files.certificateChain() + " and the key " + files.privateKey()
                            + ": both must be readable PEM files, the key PKCS#8 without a password",
                    e);
        }
    }

    private Map<EventLoop, LoopOutbox> outboxes(Iterable<EventExecutor> started, Topic everyone) {
        Map<EventLoop, LoopOutbox> made = new HashMap<>();
        for (EventExecutor executor : started) {
            LoopOutbox outbox =
                    new LoopOutbox((EventLoop) executor, options.limits().maxBroadcastBytes(), everyone);
            outbox.watch(options.timeouts().idle());
            made.put((EventLoop) executor, outbox);
        }
        return made;
    }

    private Channel bind(
            MultiThreadIoEventLoopGroup started, Class<? extends ServerChannel> kind, Optional<SslContext> tls) {
        int bound = options.limits().maxOutboundBytes();
        ChannelFuture binding = new ServerBootstrap()
                .group(started)
                .channel(kind)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(bound / 2, bound))
                .childHandler(new Pipeline(tls))
                .bind(options.host(), options.port())
                .awaitUninterruptibly();
        if (!binding.isSuccess()) {
            var _ = started.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            throw new EndpointException(
                    "cannot listen on " + options.host() + ":" + options.port() + " ("
                            + binding.cause().getMessage()
                            + "); stop what listens there, or choose another port (0 picks a free one)",
                    binding.cause());
        }
        return binding.channel();
    }

    /** How a new connection begins. */
    private final class Pipeline extends ChannelInitializer<Channel> {
        private final Optional<SslContext> tls;

        Pipeline(Optional<SslContext> tls) {
            this.tls = tls;
        }

        @Override
        protected void initChannel(Channel channel) {
            channels.add(channel);
            Peer peer = Peer.accepted(connections, options.proxies(), (InetSocketAddress) channel.remoteAddress());
            channel.closeFuture().addListener(closed -> peer.gone());
            if (!admits(peer)) {
                var _ = channel.close();
                return;
            }
            if (peer.isProxy() && options.proxies().source() == AddressSource.PROXY_PROTOCOL) {
                channel.pipeline().addLast(new ProxyHeaderHandler(WebSocketEndpoint.this, peer));
            }
            tls.ifPresent(context -> channel.pipeline().addLast(context.newHandler(channel.alloc())));
            channel.pipeline()
                    .addLast(new HttpRequestDecoder(HEAD))
                    .addLast(new HttpHandler(WebSocketEndpoint.this, peer));
        }
    }

    /**
     * Called when a connection's address becomes known. Counts one that is over the limits; false if it has to go at once, because
     * too many of them wait already to be told.
     */
    boolean admits(Peer peer) {
        if (peer.verdict() == Verdict.OK || peer.isToBeTold()) {
            return true;
        }
        boolean byAddress = peer.verdict() == Verdict.TOO_MANY_FROM_ADDRESS;
        failed(byAddress ? Fault.TOO_MANY_FROM_ADDRESS : Fault.TOO_MANY, peer, "over the limit of connections");
        return peer.mayBeTold();
    }

    @Override
    public URI address() {
        Channel channel = listening;
        if (channel == null) {
            throw new IllegalStateException("the endpoint is not started");
        }
        int port = ((InetSocketAddress) channel.localAddress()).getPort();
        String scheme = options.tls().isPresent() ? "wss" : "ws";
        try {
            return new URI(scheme, null, options.host(), port, options.path(), null, null);
        } catch (URISyntaxException e) {
            throw new IllegalStateException("host or path does not fit into a URI", e);
        }
    }

    @Override
    public void stopAccepting() {
        Channel channel = listening;
        if (channel != null) {
            channel.close().awaitUninterruptibly();
        }
    }

    @Override
    public void close() {
        stopAccepting();
        channels.forEach(channel -> channel.pipeline().fireUserEventTriggered(CloseReason.RESTARTING));
        // Those that do not answer are closed by their own timer; this only waits for it.
        long patience = options.timeouts().close().toMillis() + 1_000;
        channels.newCloseFuture().awaitUninterruptibly(patience);
        channels.close().awaitUninterruptibly(1_000);
        if (loops != null) {
            loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2_000);
            outboxes.values().forEach(LoopOutbox::close);
        }
    }
}
