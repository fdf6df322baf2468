package dev.signalbox.benchmarks;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.concurrent.Executors;

/**
 * A process that takes logs in any format over HTTP, and counts the records by the marks in their texts, which look the same in
 * JSON and in Protocol Buffers: {@code #17#}. It does what it is told on its standard input: {@code up}, {@code down}, {@code count},
 * {@code reset}.
 */
final class ObservatorySink {
    private final BitSet seen = new BitSet();
    private HttpServer server;

    private ObservatorySink(int port) throws IOException {
        server = listen(port);
    }

    static void main(String[] arguments) throws IOException {
        ObservatorySink sink = new ObservatorySink(0);
        int port = sink.server.getAddress().getPort();
        System.out.println(port);
        BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            System.out.println(sink.obey(order, port));
        }
        System.exit(0);
    }

    private String obey(String order, int port) throws IOException {
        switch (order) {
            case "up" -> server = listen(port);
            case "down" -> server.stop(0);
            case "reset" -> {
                synchronized (seen) {
                    seen.clear();
                }
            }
            default -> {
                synchronized (seen) {
                    return Integer.toString(seen.cardinality());
                }
            }
        }
        return order;
    }

    private HttpServer listen(int port) throws IOException {
        HttpServer listening = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_024);
        listening.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        listening.createContext("/", this::take);
        listening.start();
        return listening;
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            mark(exchange.getRequestBody().readAllBytes());
            exchange.getResponseHeaders()
                    .add("Content-Type", exchange.getRequestHeaders().getFirst("Content-Type"));
            exchange.sendResponseHeaders(200, -1);
        }
    }

    private void mark(byte[] body) {
        synchronized (seen) {
            for (int i = 0; i < body.length; i++) {
                if (body[i] == '#') {
                    int number = 0;
                    int at = i + 1;
                    while (at < body.length && body[at] >= '0' && body[at] <= '9') {
                        number = number * 10 + body[at++] - '0';
                    }
                    if (at > i + 1 && at < body.length && body[at] == '#') {
                        seen.set(number);
                        i = at;
                    }
                }
            }
        }
    }
}
