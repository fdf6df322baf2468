package dev.signalbox.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Two nodes of Socket.IO with its Redis adapter, on Node; from npm. */
final class ClusterSocketIo implements ClusterSystem {
    private static final List<String> PACKAGES =
            List.of("socket.io@4.8.4", "@socket.io/redis-adapter@8.3.0", "redis@4.7.1");
    private static final String SCRIPT = "cluster-socketio.js";

    private final ClusterProcess first;
    private final ClusterProcess second;

    private ClusterSocketIo(ClusterProcess first, ClusterProcess second) {
        this.first = first;
        this.second = second;
    }

    static ClusterSystem start(String redis) throws IOException, InterruptedException {
        Path folder = ClusterProcess.install("socket.io");
        if (!Files.exists(folder.resolve("node_modules/@socket.io/redis-adapter"))) {
            ClusterProcess.run(
                    folder,
                    List.of(
                            "npm",
                            "install",
                            "--silent",
                            "--no-audit",
                            "--no-fund",
                            "--prefix",
                            ".",
                            PACKAGES.get(0),
                            PACKAGES.get(1),
                            PACKAGES.get(2)),
                    Map.of());
        }
        try (InputStream script = Objects.requireNonNull(ClusterSocketIo.class.getResourceAsStream(SCRIPT))) {
            Files.copy(script, folder.resolve(SCRIPT), StandardCopyOption.REPLACE_EXISTING);
        }
        return new ClusterSocketIo(node(folder, redis), node(folder, redis));
    }

    private static ClusterProcess node(Path folder, String redis) throws IOException {
        return ClusterProcess.start(
                folder,
                List.of(
                        "node",
                        SCRIPT,
                        redis,
                        MARK,
                        String.valueOf(ClusterBenchmark.PAYLOAD_BYTES),
                        String.valueOf(ClusterBenchmark.ROOMS)));
    }

    @Override
    public String name() {
        return "socket.io";
    }

    @Override
    public ClusterSubscribers.Protocol protocol() {
        return ClusterSubscribers.Protocol.SOCKET_IO;
    }

    @Override
    public URI clients() {
        return URI.create(second.first());
    }

    @Override
    public void publish(int count) {
        first.ask(String.valueOf(count));
    }

    @Override
    public void close() {
        first.close();
        second.close();
    }
}
