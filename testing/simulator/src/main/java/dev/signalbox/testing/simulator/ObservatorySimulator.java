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
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A simulated log sink. It takes batches in Everworker's format ({@code POST …/api/v1/observatory/logs}) and in OTLP over
 * HTTP, protobuf and JSON ({@code POST …/v1/logs}), with a bearer token, knows repeated batches by
 * {@code Idempotency-Key}, misbehaves as told, and counts. Thread-safe.
 *
 * <p>Beside it, without a token and therefore meant for a loopback address: {@code GET /stats}, {@code GET /records} (the
 * first 1,000), {@code GET} and {@code POST /behaviour}, {@code POST /reset}, {@code GET /health}.
 */
public final class ObservatorySimulator implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ObservatorySimulator.class);
    private static final int LARGEST_REQUEST = 64 << 20;

    private final ObservatorySimulatorSink sink;
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("observatory-simulator", true), NioIoHandler.newFactory());
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final Channel listener;
    private final String host;
    private volatile ObservatorySimulatorBehaviour behaviour = ObservatorySimulatorBehaviour.perfect();

    private ObservatorySimulator(ObservatorySimulatorOptions options) {
        sink = new ObservatorySimulatorSink(options, this::behaviour);
        host = options.host();
        listener = listen(options);
    }

    /**
     * Starts listening.
     *
     * @throws UncheckedIOException if the address cannot be bound
     */
    public static ObservatorySimulator start(ObservatorySimulatorOptions options) {
        var simulator = new ObservatorySimulator(options);
        LOG.info("SIMULATED log sink takes batches at {}", simulator.url());
        return simulator;
    }

    private Channel listen(ObservatorySimulatorOptions options) {
        var bound = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .childHandler(pipeline())
                .bind(options.host(), options.port())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).awaitUninterruptibly();
            String what = "the log sink simulator cannot listen on " + options.host() + ":" + options.port();
            throw new UncheckedIOException(what + ": " + bound.cause().getMessage(), new IOException(bound.cause()));
        }
        return bound.channel();
    }

    private ChannelInitializer<Channel> pipeline() {
        var handler = new ObservatorySimulatorHandler(this, sink);
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                connections.add(channel);
                channel.pipeline().addLast(new HttpServerCodec(), new HttpObjectAggregator(LARGEST_REQUEST), handler);
            }
        };
    }

    public int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /** What a destination is configured with; the wire formats add their paths. */
    public URI url() {
        return URI.create("http://" + host + ":" + port());
    }

    public ObservatorySimulatorStats stats() {
        return sink.stats();
    }

    /** The records taken, the oldest first. */
    public List<ObservatorySimulatorRecord> records() {
        return sink.records();
    }

    public ObservatorySimulatorBehaviour behaviour() {
        return behaviour;
    }

    /** Takes effect with the next request. */
    public void behave(ObservatorySimulatorBehaviour changed) {
        behaviour = changed;
        LOG.info("SIMULATED log sink now behaves as {}", changed);
    }

    /** Forgets everything that was counted and taken; the behaviour stays. */
    public void reset() {
        sink.reset();
    }

    /** Stops listening; requests that wait are cut. */
    @Override
    public void close() {
        listener.close().awaitUninterruptibly();
        connections.close().awaitUninterruptibly();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
