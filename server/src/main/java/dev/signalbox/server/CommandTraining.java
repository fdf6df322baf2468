package dev.signalbox.server;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Runs what people run most, once, when the launcher builds: the JVM then keeps the classes of short commands ready. Those
 * that ask a server get an empty answer, so their failures mean nothing here.
 */
final class CommandTraining {
    private static final byte[] ANSWER = "{}".getBytes(StandardCharsets.UTF_8);

    private CommandTraining() {}

    static void main() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, ANSWER.length);
            exchange.getResponseBody().write(ANSWER);
            exchange.close();
        });
        server.start();
        String url = "http://127.0.0.1:" + server.getAddress().getPort();
        List.of(
                        List.of("version"),
                        List.of("version", "--json"),
                        List.of("--help"),
                        List.of("send", "--to", "sms:+61491570006", "--url", url, "hello"),
                        List.of("queue", "status", "--url", url),
                        List.of("health", "--url", url))
                .forEach(command -> {
                    var _ = SignalboxCommand.onProcess(command.toArray(String[]::new));
                });
        server.stop(0);
    }
}
