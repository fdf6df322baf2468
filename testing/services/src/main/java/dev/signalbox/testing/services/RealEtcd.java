package dev.signalbox.testing.services;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A real etcd of one member, the {@code etcd} of this machine's PATH, on free ports of loopback. Thread-safe. */
public final class RealEtcd implements AutoCloseable {
    private static final String PART = "etcd on the PATH: apt install etcd-server";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);
    private static final int ATTEMPTS = 5;

    /** Made on first use; ends with the JVM. */
    private static final class Shared {
        static final RealEtcd INSTANCE = boot();

        static {
            Runtime.getRuntime().addShutdownHook(new Thread(INSTANCE::close, "etcd-end"));
        }
    }

    private final Path program;
    private final Path folder;
    private final int port;
    private final int peerPort;
    private @Nullable Process process;

    private RealEtcd(Path program, Path folder, int port, int peerPort) throws IOException {
        this.program = program;
        this.folder = folder;
        this.port = port;
        this.peerPort = peerPort;
        this.process = launch();
    }

    /**
     * The one server of this JVM, for tests that do not stop it and keep to keys of their own. Where it cannot run, the test is
     * skipped with a line that says why; with {@code CI=true} it fails.
     */
    public static RealEtcd shared() {
        return Missing.unlessStarts(PART, () -> Shared.INSTANCE);
    }

    /** A server of one's own, for tests that stop it; skips them or fails as {@link #shared}. */
    public static RealEtcd start() {
        return Missing.unlessStarts(PART, RealEtcd::boot);
    }

    private static RealEtcd boot() {
        Path program = find();
        Path folder = Scratch.folder("etcd");
        IOException last = new IOException("not tried");
        // The ports are free when they are picked, but may be another's a moment later.
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                return new RealEtcd(program, folder, freePort(), freePort());
            } catch (IOException e) {
                last = e;
            }
        }
        Scratch.delete(folder);
        throw new UncheckedIOException("etcd did not start", last);
    }

    private static Path find() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, "etcd"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no etcd on the PATH"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private Process launch() throws IOException {
        Path log = folder.resolve("etcd.log");
        String peers = "http://127.0.0.1:" + peerPort;
        Process started = new ProcessBuilder(List.of(
                        program.toString(),
                        "--data-dir=" + folder.resolve("data"),
                        "--listen-client-urls=" + uri(),
                        "--advertise-client-urls=" + uri(),
                        "--listen-peer-urls=" + peers,
                        "--initial-advertise-peer-urls=" + peers,
                        "--initial-cluster=default=" + peers))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        try {
            awaitAnswers(started, log);
        } catch (IOException | RuntimeException e) {
            started.destroyForcibly();
            throw e;
        }
        return started;
    }

    private void awaitAnswers(Process started, Path log) throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!answers()) {
            if (!started.isAlive() || System.nanoTime() > end) {
                throw new IOException("etcd does not answer: " + Files.readString(log));
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }

    /** It answers a read once it has a leader, which for one member is itself. */
    private boolean answers() {
        HttpRequest read = HttpRequest.newBuilder(uri().resolve("/v3/kv/range"))
                .timeout(Duration.ofSeconds(2))
                .POST(BodyPublishers.ofString("{\"key\":\"YQ==\"}"))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(read, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while etcd started", e);
        }
    }

    public int port() {
        return port;
    }

    /** Where clients find it. */
    public URI uri() {
        return uri(port);
    }

    /** The same server as reached through another port, such as a {@link FaultProxy}'s. */
    public static URI uri(int port) {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Ends it as {@code kill -9} does; what is on its disk stays. Idempotent. */
    public synchronized void kill() {
        if (process != null) {
            await(process.destroyForcibly());
            process = null;
        }
    }

    private static void await(Process ending) {
        try {
            if (!ending.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("etcd does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Starts it again on what is on its disk, on the same ports. Idempotent. */
    public synchronized void startAgain() {
        if (process == null) {
            try {
                process = launch();
            } catch (IOException e) {
                throw new UncheckedIOException("etcd did not start again", e);
            }
        }
    }

    /** Ends it and deletes its files. */
    @Override
    public void close() {
        kill();
        Scratch.delete(folder);
    }
}
