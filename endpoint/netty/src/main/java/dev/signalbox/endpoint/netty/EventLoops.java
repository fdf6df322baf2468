package dev.signalbox.endpoint.netty;

import dev.signalbox.router.ClientGateway;
import dev.signalbox.router.Topic;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Network threads that the endpoints of one router share, so that what goes to many is encoded once for all of them. They begin
 * with the first endpoint that starts and end with the last one that closes. Thread-safe.
 */
public final class EventLoops {

    /**
     * How many, and what they may hold.
     *
     * @param threads 1 to 1,024; default one a processor
     * @param nativeTransport whether epoll is used where it is available; default true
     * @param maxBroadcastBytes what may wait to be broadcast in one event loop; 64 KiB to 1 GiB, default 16 MiB
     */
    public record Options(int threads, boolean nativeTransport, int maxBroadcastBytes) {
        public Options {
            ListenerOptions.requireRange("threads", threads, 1, 1_024);
            ListenerOptions.requireRange("maxBroadcastBytes", maxBroadcastBytes, 64 << 10, 1 << 30);
        }

        public static Options defaults() {
            return new Options(Runtime.getRuntime().availableProcessors(), true, 16 << 20);
        }

        public Options withThreads(int changed) {
            return new Options(changed, nativeTransport, maxBroadcastBytes);
        }

        public Options withNativeTransport(boolean changed) {
            return new Options(threads, changed, maxBroadcastBytes);
        }

        public Options withMaxBroadcastBytes(int changed) {
            return new Options(threads, nativeTransport, changed);
        }
    }

    /** Loops that run, each with its outbox. */
    record Running(MultiThreadIoEventLoopGroup group, boolean isEpoll, Map<EventLoop, LoopOutbox> outboxes) {}

    private final Options options;
    private @Nullable Running running;
    private int users;

    private EventLoops(Options options) {
        this.options = options;
    }

    public static EventLoops create(Options options) {
        return new EventLoops(options);
    }

    /** For an endpoint that starts; call {@link #release} once it has closed. */
    synchronized Running acquire(ClientGateway router) {
        users++;
        if (running == null) {
            running = run(router.everyone());
        }
        return running;
    }

    private Running run(Topic everyone) {
        boolean epoll = options.nativeTransport() && Epoll.isAvailable();
        var group = new MultiThreadIoEventLoopGroup(
                options.threads(), new DefaultThreadFactory("endpoint"), ioHandlers(epoll));
        Map<EventLoop, LoopOutbox> outboxes = new HashMap<>();
        for (EventExecutor executor : group) {
            EventLoop loop = (EventLoop) executor;
            outboxes.put(loop, new LoopOutbox(loop, options.maxBroadcastBytes(), everyone));
        }
        return new Running(group, epoll, Map.copyOf(outboxes));
    }

    private static IoHandlerFactory ioHandlers(boolean epoll) {
        return epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    }

    /** The last one ends the loops. */
    synchronized void release() {
        users--;
        if (users == 0 && running != null) {
            running.group().shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2_000);
            running.outboxes().values().forEach(LoopOutbox::close);
            running = null;
        }
    }
}
