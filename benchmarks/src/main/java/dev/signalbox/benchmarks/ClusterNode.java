package dev.signalbox.benchmarks;

import dev.signalbox.cluster.redis.RedisLinkOptions;
import dev.signalbox.cluster.redis.RedisLinks;
import dev.signalbox.endpoint.netty.EventLoops;
import dev.signalbox.endpoint.netty.ListenerOptions;
import dev.signalbox.endpoint.netty.WebSocketEndpoint;
import dev.signalbox.endpoint.netty.WebSocketOptions;
import dev.signalbox.router.Cluster;
import dev.signalbox.router.ClusterOptions;
import dev.signalbox.router.Endpoint;
import dev.signalbox.router.Principal;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterOptions;
import dev.signalbox.server.node.LogFormat;
import dev.signalbox.server.node.LogLevel;
import dev.signalbox.server.node.Logging;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * A process with one node of a cluster over Redis, whose clients come over WebSocket and may do everything. It prints its port once the cluster has as
 * many nodes as it is told, and ends with its input.
 */
final class ClusterNode {
    private static final int MOST = 1_000_000;

    private ClusterNode() {}

    static void main(String[] arguments) throws Exception {
        Logging.configure(LogFormat.PLAIN, LogLevel.ERROR);
        int nodes = Integer.parseInt(arguments[2]);
        try (Router router = Router.create(RouterOptions.defaults())) {
            router.authorize((principal, operation, address) -> true);
            Cluster cluster = router.join(
                    RedisLinks.create(RedisLinkOptions.of(arguments[0]).withPrefix(arguments[1])),
                    ClusterOptions.of("bench", "the secret of the nodes of a benchmark"));
            Endpoint endpoint = WebSocketEndpoint.create(
                    EventLoops.create(EventLoops.Options.defaults().withThreads(1)),
                    options(),
                    token -> Optional.of(new Principal(token, Map.of())));
            router.attach(endpoint);
            Waiting.until(() -> cluster.nodes().size() == nodes);
            System.out.println(endpoint.address().getPort());
            while (System.in.read() >= 0) {
                // Nobody says anything but the end.
            }
        }
    }

    /** As a server starts with, but for a publisher that is faster than one client may be, and clients that answer no ping. */
    private static WebSocketOptions options() {
        Duration patience = Duration.ofSeconds(10);
        return WebSocketOptions.defaults()
                .listening(on -> on.withPort(0)
                        .withLimits(new ListenerOptions.Limits(
                                on.limits().maxFrameBytes(),
                                on.limits().maxOutboundBytes(),
                                MOST,
                                MOST,
                                MOST,
                                on.limits().minBytesPerSecond())))
                .listening(on -> on.withTimeouts(
                        new ListenerOptions.Timeouts(patience, patience, Duration.ofDays(1), patience)));
    }
}
