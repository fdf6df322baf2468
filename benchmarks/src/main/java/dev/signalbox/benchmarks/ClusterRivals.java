package dev.signalbox.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;

/** Other systems that share Redis, installed below {@code .signalbox} of the folder that the benchmark runs in, once. */
final class ClusterRivals {
    private static final Path FOLDER = Path.of(".signalbox", "cluster-rivals").toAbsolutePath();
    private static final String SCRIPT = "socketio-node.mjs";

    private ClusterRivals() {}

    /** Socket.IO with its Redis adapter; returns the script that starts a node. */
    static Path socketIo() throws IOException, InterruptedException {
        Path script = FOLDER.resolve(SCRIPT);
        Files.createDirectories(FOLDER);
        if (!Files.isDirectory(FOLDER.resolve("node_modules").resolve("@socket.io"))) {
            run(List.of(
                    "npm",
                    "install",
                    "--no-audit",
                    "--no-fund",
                    "--prefix",
                    FOLDER.toString(),
                    "socket.io",
                    "@socket.io/redis-adapter",
                    "redis"));
        }
        try (InputStream in = Objects.requireNonNull(ClusterRivals.class.getResourceAsStream(SCRIPT))) {
            Files.copy(in, script, StandardCopyOption.REPLACE_EXISTING);
        }
        return script;
    }

    /** Centrifugo; its first build takes some minutes. */
    static Path centrifugo() throws IOException, InterruptedException {
        Path program = FOLDER.resolve("centrifugo");
        if (!Files.isExecutable(program)) {
            Files.createDirectories(FOLDER);
            run(List.of("go", "install", "github.com/centrifugal/centrifugo/v6@latest"));
        }
        return program;
    }

    /** Clients that say who they are by nothing, and may do everything; no ping that they would have to answer. */
    static String centrifugoSettings(String redis, int port) {
        return """
                {"http_server": {"address": "127.0.0.1", "port": "%d"},
                 "log": {"level": "error"},
                 "client": {"insecure": true, "allowed_origins": ["*"], "ping_interval": "24h", "pong_timeout": "1h"},
                 "engine": {"type": "redis", "redis": {"address": "%s"}}}
                """.formatted(port, redis);
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(FOLDER.resolve("install.log").toFile());
        builder.environment().put("GOBIN", FOLDER.toString());
        int code = builder.start().waitFor();
        if (code != 0) {
            throw new IOException(
                    String.join(" ", command) + " ended with " + code + "; see " + FOLDER.resolve("install.log"));
        }
    }
}
