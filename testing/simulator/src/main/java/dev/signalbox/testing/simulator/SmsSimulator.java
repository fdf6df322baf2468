package dev.signalbox.testing.simulator;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A simulated SMS provider: nothing is ever sent to anyone. It takes {@code POST /send} with
 * {@code {"phone_number": …, "content": …}} and a bearer token, honours {@code Idempotency-Key}, misbehaves as told, and
 * counts. It also speaks Twilio's API and Vonage's, below the same root, with the token as auth token or API secret.
 * Thread-safe.
 *
 * <p>Beside it, without a token and therefore meant for a loopback address: {@code GET /stats},
 * {@code GET /messages?limit=}, {@code GET} and {@code POST /behaviour}, {@code POST} or {@code DELETE /reset},
 * {@code GET /health}.
 */
public final class SmsSimulator implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SmsSimulator.class);
    private static final int LARGEST_REQUEST = 256 * 1024;
    private static final int BACKLOG = 1024;

    private final Ledger ledger;
    private final SmsProvider provider;
    private final EventLoopGroup loop;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final Channel listener;
    private final boolean secure;
    private final String host;
    private volatile Behaviour behaviour;

    private SmsSimulator(SmsSimulatorOptions options) {
        behaviour = options.behaviour();
        ledger = new Ledger(options.limit(), options.keyLifetime(), InstantSource.system());
        provider = new SmsProvider(options.token(), ledger, this::behaviour);
        secure = options.tls().isPresent();
        host = options.host();
        loop = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("sms-simulator", true), transport());
        listener = listen(options);
    }

    /**
     * Starts listening.
     *
     * @throws UncheckedIOException if the address cannot be bound
     */
    public static SmsSimulator start(SmsSimulatorOptions options) {
        var simulator = new SmsSimulator(options);
        LOG.info("SIMULATED SMS provider (nothing is sent to anyone) takes messages at {}", simulator.sendUrl());
        return simulator;
    }

    private static IoHandlerFactory transport() {
        return Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    }

    private Channel listen(SmsSimulatorOptions options) {
        Class<? extends ServerChannel> type =
                Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
        var bound = new ServerBootstrap()
                .group(loop)
                .channel(type)
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(pipeline(options))
                .bind(options.host(), options.port())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).awaitUninterruptibly();
            String what = "the SMS simulator cannot listen on " + options.host() + ":" + options.port();
            throw new UncheckedIOException(what + ": " + bound.cause().getMessage(), new IOException(bound.cause()));
        }
        return bound.channel();
    }

    private ChannelInitializer<Channel> pipeline(SmsSimulatorOptions options) {
        var handler = new SmsHandler(provider, new SmsControl(this));
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                connections.add(channel);
                options.tls().ifPresent(context -> channel.pipeline().addLast(tls(context)));
                channel.pipeline().addLast(new HttpServerCodec(), new HttpObjectAggregator(LARGEST_REQUEST), handler);
            }
        };
    }

    private static SslHandler tls(SSLContext context) {
        var engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        return new SslHandler(engine);
    }

    public int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /** Where a client posts its messages. */
    public URI sendUrl() {
        return url("/send");
    }

    /** The URL of one of the routes. */
    public URI url(String path) {
        return URI.create((secure ? "https://" : "http://") + host + ":" + port() + path);
    }

    public SmsStats stats() {
        return provider.stats();
    }

    /** The messages accepted last, the newest first. */
    public List<AcceptedMessage> messages(int limit) {
        return ledger.newest(limit);
    }

    public Behaviour behaviour() {
        return behaviour;
    }

    /** Takes effect with the next request. */
    public synchronized void behave(Behaviour changed) {
        behaviour = changed;
        LOG.info("SIMULATED SMS provider now behaves as {}", changed);
    }

    synchronized Behaviour change(BehaviourChange change) {
        behave(change.applyTo(behaviour));
        return behaviour;
    }

    /** Forgets everything that was counted and accepted; the behaviour stays. */
    public void reset() {
        provider.reset();
    }

    /** Stops listening; requests that wait are cut. */
    @Override
    public void close() {
        listener.close().awaitUninterruptibly();
        connections.close().awaitUninterruptibly();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
