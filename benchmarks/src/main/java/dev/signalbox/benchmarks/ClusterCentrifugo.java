package dev.signalbox.benchmarks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Two nodes of Centrifugo with its Redis engine, built by Go. What is published comes over its HTTP API, many in one request. */
final class ClusterCentrifugo implements ClusterSystem {
    private static final String MODULE = "github.com/centrifugal/centrifugo/v6@v6.9.1";
    private static final String KEY = "bench";

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Process> nodes;
    private final List<Integer> ports;

    private ClusterCentrifugo(List<Process> nodes, List<Integer> ports) {
        this.nodes = nodes;
        this.ports = ports;
    }

    static ClusterSystem start(String redis) throws IOException, InterruptedException {
        Path folder = ClusterProcess.install("centrifugo");
        if (!Files.exists(folder.resolve("centrifugo"))) {
            ClusterProcess.run(folder, List.of("go", "install", MODULE), Map.of("GOBIN", folder.toString()));
        }
        List<Integer> ports = List.of(freePort(), freePort());
        List<Process> nodes = List.of(node(folder, redis, ports.getFirst()), node(folder, redis, ports.getLast()));
        for (int port : ports) {
            Waiting.until(() -> listens(port));
        }
        return new ClusterCentrifugo(nodes, ports);
    }

    private static Process node(Path folder, String redis, int port) throws IOException {
        Path configuration =
                Files.writeString(folder.resolve("node-" + port + ".json"), """
                {
                  "http_server": {"address": "127.0.0.1", "port": "%d"},
                  "http_api": {"key": "%s"},
                  "client": {"insecure": true, "allowed_origins": ["*"]},
                  "log": {"level": "error"},
                  "engine": {"type": "redis", "redis": {"address": "%s"}}
                }
                """.formatted(port, KEY, redis));
        configuration.toFile().deleteOnExit();
        return new ProcessBuilder(folder.resolve("centrifugo").toString(), "--config", configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("node.log").toFile())
                .start();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public String name() {
        return "centrifugo";
    }

    @Override
    public ClusterSubscribers.Protocol protocol() {
        return ClusterSubscribers.Protocol.CENTRIFUGO;
    }

    @Override
    public URI clients() {
        return URI.create("ws://127.0.0.1:" + ports.getLast());
    }

    @Override
    public void publish(int count) throws IOException, InterruptedException {
        String commands = IntStream.range(0, count)
                .mapToObj(i -> "{\"publish\":{\"channel\":\"" + ClusterSystem.room(i) + "\",\"data\":\""
                        + ClusterSystem.payload() + "\"}}")
                .collect(Collectors.joining(",", "{\"parallel\":true,\"commands\":[", "]}"));
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ports.getFirst() + "/api/batch"))
                .header("X-API-Key", KEY)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(commands))
                .build();
        HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
        if (answer.statusCode() != 200 || answer.body().contains("\"error\"")) {
            throw new IllegalStateException("Centrifugo answered " + answer.statusCode() + ": " + answer.body());
        }
    }

    @Override
    public void close() {
        nodes.forEach(Process::destroy);
        http.close();
    }
}
