package dev.signalbox.testing.simulator;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
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
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A simulated language model: no model ever thinks here. It speaks OpenAI's chat completions
 * ({@code /v1/chat/completions}), Azure's ({@code /openai/deployments/D/chat/completions?api-version=}) and Ollama's API
 * ({@code /api/chat}, {@code /api/tags}), whole and streamed, with usage, tool calls and JSON schemas. It replies as
 * scripted, and without a script with an answer that says what it is. Thread-safe.
 *
 * <p>Every response has the header {@code x-signalbox-simulated: true}, and the names of its models begin with
 * {@code simulated-}.
 */
public final class LlmSimulator implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LlmSimulator.class);
    private static final int LARGEST_REQUEST = 16 * 1024 * 1024;

    private final LlmSimulatorOptions options;
    private final ArrayDeque<LlmReply> script = new ArrayDeque<>();
    private final ArrayDeque<LlmSimulatorRequest> requests = new ArrayDeque<>();
    private final EventLoopGroup loop;
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
    private final Channel listener;
    private long received;

    private LlmSimulator(LlmSimulatorOptions options) {
        this.options = options;
        loop = new MultiThreadIoEventLoopGroup(
                1,
                new DefaultThreadFactory("llm-simulator", true),
                Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory());
        listener = listen();
    }

    /**
     * Starts listening.
     *
     * @throws UncheckedIOException if the address cannot be bound
     */
    public static LlmSimulator start(LlmSimulatorOptions options) {
        var simulator = new LlmSimulator(options);
        LOG.info("SIMULATED language model (no model thinks here) at {}", simulator.url("/"));
        return simulator;
    }

    private Channel listen() {
        Class<? extends ServerChannel> type =
                Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
        var bound = new ServerBootstrap()
                .group(loop)
                .channel(type)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        connections.add(channel);
                        channel.pipeline()
                                .addLast(
                                        new HttpServerCodec(),
                                        new HttpObjectAggregator(LARGEST_REQUEST),
                                        new LlmHandler(LlmSimulator.this));
                    }
                })
                .bind(options.host(), options.port())
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            loop.shutdownGracefully(0, 0, TimeUnit.SECONDS).awaitUninterruptibly();
            String what = "the LLM simulator cannot listen on " + options.host() + ":" + options.port();
            throw new UncheckedIOException(what + ": " + bound.cause().getMessage(), new IOException(bound.cause()));
        }
        return bound.channel();
    }

    /**
     * Adds replies to the script: each is given once, in order.
     *
     * @throws IllegalStateException if more replies wait than it may remember
     */
    public synchronized LlmSimulator script(LlmReply... replies) {
        if (script.size() + replies.length > options.remembered()) {
            throw new IllegalStateException("more than " + options.remembered() + " replies wait");
        }
        script.addAll(List.of(replies));
        return this;
    }

    /** Empty if the script is at its end. */
    synchronized Optional<LlmReply> next(LlmSimulatorRequest request) {
        received++;
        if (requests.size() == options.remembered()) {
            requests.removeFirst();
        }
        requests.addLast(request);
        return Optional.ofNullable(script.pollFirst());
    }

    boolean admits(Optional<String> key) {
        return options.key().isEmpty() || options.key().equals(key);
    }

    LlmSimulatorOptions options() {
        return options;
    }

    /** The newest requests that had the right key, the oldest of them first. */
    public synchronized List<LlmSimulatorRequest> requests() {
        return List.copyOf(requests);
    }

    /** How many requests had the right key. */
    public synchronized long received() {
        return received;
    }

    /** Connections that are open now. */
    public int connections() {
        return connections.size();
    }

    public int port() {
        return ((InetSocketAddress) listener.localAddress()).getPort();
    }

    /** The URL of one of the routes. */
    public URI url(String path) {
        return URI.create("http://" + options.host() + ":" + port() + path);
    }

    /** What an OpenAI client takes for its base URL. */
    public URI openAi() {
        return url("/v1");
    }

    /** What an Azure client takes for its endpoint, and Ollama's for its server. */
    public URI root() {
        return url("");
    }

    /** Stops listening; requests that wait are cut. */
    @Override
    public void close() {
        listener.close().awaitUninterruptibly();
        connections.close().awaitUninterruptibly();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
