package dev.signalbox.testing.simulator;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
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
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A simulated receiver of webhooks, as somebody else would run one. It takes a POST to any path, verifies its signature by
 * Standard Webhooks if it was given keys, knows repeats by {@code webhook-id}, misbehaves as told, and counts. Thread-safe.
 *
 * <p>Beside that: {@code GET /stats}, {@code GET /messages} (the latest 1,000), {@code GET} and {@code POST /behaviour},
 * {@code POST /reset}, {@code GET /health}.
 */
public final class WebhookSimulator implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookSimulator.class);
    private static final int LARGEST_REQUEST = 256 * 1024;

    private final WebhookSimulatorInbox inbox;
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("webhook-simulator", true), NioIoHandler.newFactory());
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final Channel listener;
    private final boolean secure;
    private final String host;
    private volatile Behaviour behaviour;

    private WebhookSimulator(WebhookSimulatorOptions options) {
        behaviour = options.behaviour();
        inbox = new WebhookSimulatorInbox(options, this::behaviour);
        secure = options.tls().isPresent();
        host = options.host();
        listener = listen(options);
    }

    /**
     * Starts listening.
     *
     * @throws UncheckedIOException if the address cannot be bound
     * @throws IllegalArgumentException if a key is malformed
     */
    public static WebhookSimulator start(WebhookSimulatorOptions options) {
        var simulator = new WebhookSimulator(options);
        LOG.info("SIMULATED receiver of webhooks listens at {}", simulator.url("/"));
        return simulator;
    }

    private Channel listen(WebhookSimulatorOptions options) {
        var bound = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .childHandler(pipeline(options))
                .bind(options.host(), options.port())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).awaitUninterruptibly();
            String what = "the webhook simulator cannot listen on " + options.host() + ":" + options.port();
            throw new UncheckedIOException(what + ": " + bound.cause().getMessage(), new IOException(bound.cause()));
        }
        return bound.channel();
    }

    private ChannelInitializer<Channel> pipeline(WebhookSimulatorOptions options) {
        var handler = new WebhookSimulatorHandler(this, inbox);
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

    /** Where a webhook can be posted to, or one of the other routes. */
    public URI url(String path) {
        return URI.create((secure ? "https://" : "http://") + host + ":" + port() + path);
    }

    public WebhookSimulatorStats stats() {
        return inbox.stats();
    }

    /** The webhooks taken last, the newest first. */
    public List<WebhookSimulatorMessage> messages(int limit) {
        return inbox.newest(limit);
    }

    public Behaviour behaviour() {
        return behaviour;
    }

    /** Takes effect with the next request. */
    public synchronized void behave(Behaviour changed) {
        behaviour = changed;
        LOG.info("SIMULATED receiver of webhooks now behaves as {}", changed);
    }

    synchronized void change(BehaviourChange change) {
        behave(change.applyTo(behaviour));
    }

    /** Forgets everything that was counted and taken; the behaviour stays. */
    public void reset() {
        inbox.reset();
    }

    /** Stops listening; requests that wait are cut. */
    @Override
    public void close() {
        listener.close().awaitUninterruptibly();
        connections.close().awaitUninterruptibly();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
