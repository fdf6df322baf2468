package dev.signalbox.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.signalbox.endpoint.netty.EventLoops;
import dev.signalbox.endpoint.netty.WebSocketEndpoint;
import dev.signalbox.endpoint.netty.WebSocketOptions;
import dev.signalbox.router.Address;
import dev.signalbox.router.Endpoint;
import dev.signalbox.router.Principal;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterOptions;
import dev.signalbox.router.TopicPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A chat room on a web page: the router with one topic, clients over WebSocket, and the client of clients/javascript. */
public final class ChatExample implements AutoCloseable {
    private static final String ROOM = "rooms/lobby";
    private static final TopicPolicy KEPT =
            new TopicPolicy(200, 1 << 20, Duration.ofHours(1), TopicPolicy.SlowConsumer.GAP).withPresence(true);

    private final Router router;
    private final Endpoint clients;
    private final HttpServer site;

    private ChatExample(int port) throws IOException {
        router = Router.create(RouterOptions.defaults().withTopics(new RouterOptions.Topics(10, 10, List.of(), KEPT)));
        router.authorize((principal, operation, address) -> address.equals(Address.topic(ROOM)));
        WebSocketOptions options = WebSocketOptions.defaults().listening(listener -> listener.withPort(0));
        clients =
                WebSocketEndpoint.create(EventLoops.create(EventLoops.Options.defaults()), options, ChatExample::known);
        router.attach(clients);
        site = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        site.createContext("/", this::serve);
        site.start();
    }

    /** Starts it; 0 picks a free port. */
    static ChatExample start(int port) throws IOException {
        return new ChatExample(port);
    }

    public static void main(String[] args) throws Exception {
        try (ChatExample chat = start(args.length == 0 ? 0 : Integer.parseInt(args[0]))) {
            System.out.println("Open " + chat.address() + "?name=alice and, in another window, " + chat.address()
                    + "?name=bob\nCtrl+C ends it.");
            Thread.currentThread().join();
        }
    }

    /** Here everybody is who they say they are. In a program of yours, the token proves it. */
    private static Optional<Principal> known(String token) {
        return Optional.of(token)
                .filter(name -> name.matches("[A-Za-z0-9-]{1,20}"))
                .map(name -> new Principal(name, Map.of()));
    }

    /** Where the page is. */
    URI address() {
        return URI.create("http://127.0.0.1:" + site.getAddress().getPort() + "/");
    }

    private void serve(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        try (exchange) {
            if (path.equals("/")) {
                String page = new String(resource("chat.html").orElseThrow(), UTF_8);
                send(
                        exchange,
                        "text/html; charset=utf-8",
                        page.replace("CLIENTS", clients.address().toString()).getBytes(UTF_8));
                return;
            }
            Optional<byte[]> module = path.matches("/[a-z-]+\\.js") ? resource("client" + path) : Optional.empty();
            if (module.isPresent()) {
                send(exchange, "text/javascript; charset=utf-8", module.get());
            } else {
                exchange.sendResponseHeaders(404, -1);
            }
        }
    }

    private static Optional<byte[]> resource(String name) throws IOException {
        try (InputStream in = ChatExample.class.getResourceAsStream(name)) {
            return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
        }
    }

    private static void send(HttpExchange exchange, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        site.stop(0);
        router.close();
    }
}
