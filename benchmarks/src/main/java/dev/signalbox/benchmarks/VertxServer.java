package dev.signalbox.benchmarks;

import dev.signalbox.server.node.LogFormat;
import dev.signalbox.server.node.LogLevel;
import dev.signalbox.server.node.Logging;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What a client of /pub says goes to all clients of /sub, over Vert.x: prints its port, collects its garbage at each byte of its input, and ends with it. */
final class VertxServer {
    private final Set<ServerWebSocket> subscribers = ConcurrentHashMap.newKeySet();

    private VertxServer() {}

    static void main(String[] arguments) throws IOException {
        // Standard output is for the port alone.
        Logging.configure(LogFormat.PLAIN, LogLevel.WARN);
        // One event loop, as our own server has here.
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setPreferNativeTransport(true));
        HttpServerOptions options =
                new HttpServerOptions().setHost("127.0.0.1").setPort(0).setAcceptBacklog(1_024);
        VertxServer server = new VertxServer();
        int port = vertx.createHttpServer(options)
                .webSocketHandler(server::connected)
                .listen()
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .actualPort();
        System.out.println(port);
        while (System.in.read() >= 0) {
            System.gc();
            System.out.println("collected");
        }
        System.exit(0);
    }

    private void connected(ServerWebSocket socket) {
        if (socket.path().equals("/sub")) {
            subscribers.add(socket);
            socket.closeHandler(closed -> subscribers.remove(socket));
        } else {
            socket.textMessageHandler(text -> subscribers.forEach(each -> each.writeTextMessage(text)));
        }
        socket.writeTextMessage("ready");
    }
}
