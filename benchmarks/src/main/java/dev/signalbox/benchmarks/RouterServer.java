package dev.signalbox.benchmarks;

import dev.signalbox.endpoint.netty.ConnectionListener;
import dev.signalbox.endpoint.netty.EventLoops;
import dev.signalbox.endpoint.netty.ListenerOptions;
import dev.signalbox.endpoint.netty.TcpEndpoint;
import dev.signalbox.endpoint.netty.TcpOptions;
import dev.signalbox.endpoint.netty.WebSocketEndpoint;
import dev.signalbox.endpoint.netty.WebSocketOptions;
import dev.signalbox.router.Authenticator;
import dev.signalbox.router.Endpoint;
import dev.signalbox.router.Principal;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterOptions;
import dev.signalbox.server.node.LogFormat;
import dev.signalbox.server.node.LogLevel;
import dev.signalbox.server.node.Logging;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** A router with the whole pipeline, in a process of its own: prints its ports, collects its garbage at each byte of its input, and ends with it. */
final class RouterServer {
    private static final int MOST_A_SECOND = 1_000_000;
    private static final int CONNECTIONS = 100_000;

    private RouterServer() {}

    static void main(String[] arguments) throws IOException {
        // Standard output is for the port alone.
        Logging.configure(LogFormat.PLAIN, LogLevel.WARN);
        Router router = Router.create(RouterOptions.defaults());
        router.authorize((principal, operation, address) -> true);
        EventLoops loops = EventLoops.create(EventLoops.Options.defaults().withThreads(1));
        Authenticator anybody = Authenticator.immediate(token -> Optional.of(new Principal(token, Map.of())));
        Endpoint web =
                WebSocketEndpoint.create(loops, WebSocketOptions.defaults().listening(on -> listener()), anybody);
        Endpoint lines = TcpEndpoint.create(
                loops, new TcpOptions(listener(), TcpOptions.Framing.LINES), anybody, ConnectionListener.NONE);
        router.attach(web);
        router.attach(lines);
        System.out.println(web.address().getPort() + " " + lines.address().getPort());
        while (System.in.read() >= 0) {
            System.gc();
            System.out.println("collected");
        }
        router.close();
    }

    /** Where each client may do a lot, and many come from one address. */
    static ListenerOptions listener() {
        ListenerOptions defaults = ListenerOptions.on(0);
        Duration patience = Duration.ofSeconds(30);
        return defaults.withLimits(new ListenerOptions.Limits(
                        defaults.limits().maxFrameBytes(),
                        defaults.limits().maxOutboundBytes(),
                        CONNECTIONS,
                        CONNECTIONS,
                        MOST_A_SECOND,
                        defaults.limits().minBytesPerSecond()))
                // The clients only listen, and would not answer a ping.
                .withTimeouts(new ListenerOptions.Timeouts(patience, patience, Duration.ofDays(1), patience));
    }
}
