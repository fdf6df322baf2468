package dev.signalbox.benchmarks;

import dev.signalbox.testing.services.FreePort;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Nodes of one system as processes, over one Redis unless it has no broker. */
final class ClusterSystem implements AutoCloseable {
    /** A start of nodes that wait for each other. */
    private interface Starting {
        Process start() throws IOException;
    }

    private static final List<String> SMALL = List.of("-Xmx256m");

    private final String name;
    private final ClusterWire wire;
    private final List<Process> processes = new ArrayList<>();
    private final List<Integer> ports = new ArrayList<>();

    private ClusterSystem(String name, ClusterWire wire) {
        this.name = name;
        this.wire = wire;
    }

    static ClusterSystem signalbox(String redis, int nodes) throws IOException {
        ClusterSystem system = new ClusterSystem(RouterBenchmark.SYSTEM, ClusterWire.SIGNALBOX);
        system.startAll(
                nodes, () -> Java.start(SMALL, ClusterNode.class, redis, "bench-" + nodes, String.valueOf(nodes)));
        return system;
    }

    /** Without Redis: its nodes have each other. */
    static ClusterSystem vertx(int nodes) throws IOException {
        ClusterSystem system = new ClusterSystem("vertx", ClusterWire.VERTX);
        List<String> members = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            members.add(String.valueOf(FreePort.find()));
        }
        Iterator<String> next = members.iterator();
        system.startAll(nodes, () -> Java.start(SMALL, VertxClusterNode.class, next.next(), String.join(",", members)));
        return system;
    }

    /** @param script what starts a node */
    static ClusterSystem socketIo(Path script, String redis, int nodes) throws IOException {
        ClusterSystem system = new ClusterSystem("socket.io", ClusterWire.SOCKET_IO);
        system.startAll(
                nodes,
                () -> new ProcessBuilder("node", script.toString(), redis)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start());
        return system;
    }

    static ClusterSystem centrifugo(Path program, String redis, int nodes) throws IOException, InterruptedException {
        ClusterSystem system = new ClusterSystem("centrifugo", ClusterWire.CENTRIFUGO);
        for (int i = 0; i < nodes; i++) {
            int port = FreePort.find();
            Path settings = Files.createTempFile("centrifugo", ".json");
            settings.toFile().deleteOnExit();
            Files.writeString(settings, centrifugoSettings(redis, port));
            system.processes.add(new ProcessBuilder(program.toString(), "--config", settings.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start());
            system.ports.add(port);
        }
        try {
            for (int port : system.ports) {
                Waiting.until(() -> listens(port));
            }
        } catch (IllegalStateException | InterruptedException e) {
            system.close();
            throw e;
        }
        return system;
    }

    /** Clients that say who they are by nothing, and may do everything; no ping that they would have to answer. */
    private static String centrifugoSettings(String redis, int port) {
        return """
                {"http_server": {"address": "127.0.0.1", "port": "%d"},
                 "log": {"level": "error"},
                 "client": {"insecure": true, "allowed_origins": ["*"], "ping_interval": "24h", "pong_timeout": "1h"},
                 "engine": {"type": "redis", "redis": {"address": "%s"}}}
                """.formatted(port, redis);
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false; // Not yet.
        }
    }

    /** Nodes print their port when they are ready, which may be once all are there. */
    private void startAll(int nodes, Starting each) throws IOException {
        for (int i = 0; i < nodes; i++) {
            processes.add(each.start());
        }
        for (Process process : processes) {
            BufferedReader lines = process.inputReader(StandardCharsets.US_ASCII);
            String port = lines.readLine();
            if (port == null) {
                close();
                throw new IOException(name + ": a node ended before it was ready");
            }
            ports.add(Integer.parseInt(port));
        }
    }

    String name() {
        return name;
    }

    ClusterWire wire() {
        return wire;
    }

    /** The processor time that all nodes have used, in µs. */
    double cpuMicros() {
        return processes.stream()
                .mapToDouble(
                        each -> each.info().totalCpuDuration().orElseThrow().toNanos() / 1e3)
                .sum();
    }

    /** Where clients of each node connect. */
    List<Integer> ports() {
        return List.copyOf(ports);
    }

    @Override
    public void close() {
        processes.forEach(Process::destroy);
    }
}
