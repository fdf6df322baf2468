package dev.signalbox.server.delivery;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.signalbox.server.Run;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/** Answers a command's requests with what a test has laid ready, in order, and keeps what was asked. */
final class StubServer implements AutoCloseable {
    private final HttpServer http;
    private final Queue<Answer> answers = new ArrayDeque<>();
    private final Queue<String> asked = new ConcurrentLinkedQueue<>();

    private record Answer(int status, String body) {}

    StubServer() throws IOException {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
        http.createContext("/", this::answer);
        http.start();
    }

    StubServer answers(int status, String body) {
        synchronized (answers) {
            answers.add(new Answer(status, body));
        }
        return this;
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        asked.add((exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + body).strip());
        Answer answer;
        synchronized (answers) {
            answer = answers.isEmpty() ? new Answer(500, "{\"title\":\"nothing is laid ready\"}") : answers.remove();
        }
        if (answer.status() == 0) {
            exchange.close();
            return;
        }
        byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.status(), bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    List<String> asked() {
        return List.copyOf(asked);
    }

    Run run(String... arguments) {
        String url = "http://127.0.0.1:" + http.getAddress().getPort();
        return Run.of(Stream.concat(Stream.of(arguments), Stream.of("--url", url, "--data", "none"))
                .toArray(String[]::new));
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
