package dev.signalbox.benchmarks;

import dev.signalbox.endpoint.netty.EventLoops;
import dev.signalbox.endpoint.netty.ListenerOptions;
import dev.signalbox.endpoint.netty.WebSocketEndpoint;
import dev.signalbox.endpoint.netty.WebSocketOptions;
import dev.signalbox.router.Endpoint;
import dev.signalbox.router.Principal;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterOptions;
import dev.signalbox.server.node.LogFormat;
import dev.signalbox.server.node.LogLevel;
import dev.signalbox.server.node.Logging;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** As {@link RouterServer}, with WebSocket over TLS alone: prints its port, and ends with its input. */
final class RouterTlsServer {
    private RouterTlsServer() {}

    /** @param arguments the files of a certificate and of its key */
    static void main(String[] arguments) throws IOException {
        Logging.configure(LogFormat.PLAIN, LogLevel.WARN);
        ListenerOptions listener = RouterServer.listener()
                .withTls(new ListenerOptions.Tls(Path.of(arguments[0]), Path.of(arguments[1]), Optional.empty()));
        Router router = Router.create(RouterOptions.defaults());
        router.authorize((principal, operation, address) -> true);
        Endpoint endpoint = WebSocketEndpoint.create(
                EventLoops.create(EventLoops.Options.defaults().withThreads(1)),
                WebSocketOptions.defaults().listening(on -> listener),
                token -> Optional.of(new Principal(token, Map.of())));
        router.attach(endpoint);
        System.out.println(endpoint.address().getPort());
        while (System.in.read() >= 0) {
            // Until the one who started it ends.
        }
        router.close();
    }
}
