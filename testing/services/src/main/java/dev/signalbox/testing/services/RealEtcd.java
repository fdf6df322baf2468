package dev.signalbox.testing.services;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real etcd of one member, the {@code etcd} of this machine's PATH, on free ports of loopback with its files in a temporary
 * folder. Thread-safe.
 */
public final class RealEtcd implements AutoCloseable {
    private static final String PART = "etcd on the PATH: apt install etcd-server";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);
    private static final int ATTEMPTS = 5;

    /** Made on first use; ends with the JVM. */
    private static final class Shared {
        static final RealEtcd INSTANCE = boot();

        static {
            Runtime.getRuntime().addShutdownHook(new Thread(INSTANCE::close, "etcd-end"));
        }
    }

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Path program;
    private final Path folder;
    private final List<String> options;
    private final int port;
    private final int peerPort;
    private @Nullable Process process;

    private RealEtcd(Path program, Path folder, List<String> options, int port, int peerPort) throws IOException {
        this.program = program;
        this.folder = folder;
        this.options = options;
        this.port = port;
        this.peerPort = peerPort;
        this.process = launch();
    }

    /**
     * The one etcd of this JVM, for tests that do not stop it and keep to keys of their own. Where it cannot run, the test is
     * skipped with a line that says why; with {@code CI=true} it fails.
     */
    public static RealEtcd shared() {
        return Missing.unlessStarts(PART, () -> Shared.INSTANCE);
    }

    /**
     * An etcd of one's own, for tests that stop it; skips or fails as {@link #shared}.
     *
     * @param options of its command line, such as {@code --auth-token-ttl=1}
     */
    public static RealEtcd start(String... options) {
        return Missing.unlessStarts(PART, () -> boot(options));
    }

    /** The program {@code etcdctl} of this machine; skips or fails as {@link #shared}. */
    public static Path etcdctl() {
        return Missing.unlessStarts("etcdctl on the PATH: apt install etcd-client", () -> Program.find("etcdctl"));
    }

    private static RealEtcd boot(String... options) {
        Path program = find();
        Path folder = Scratch.folder("etcd");
        IOException last = null;
        // The ports are free when they are picked, but they may be another's a moment later.
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                return new RealEtcd(program, folder, List.of(options), FreePort.find(), FreePort.find());
            } catch (IOException e) {
                last = e;
            }
        }
        Scratch.delete(folder);
        throw new UncheckedIOException("etcd did not start", last == null ? new IOException("not tried") : last);
    }

    private static Path find() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, "etcd"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no etcd on the PATH"));
    }

    private Process launch() throws IOException {
        Path log = folder.resolve("etcd.log");
        String clients = "http://127.0.0.1:" + port;
        String peers = "http://127.0.0.1:" + peerPort;
        List<String> command = new ArrayList<>(List.of(
                program.toString(),
                "--name=test",
                "--data-dir=" + folder.resolve("data"),
                "--listen-client-urls=" + clients,
                "--advertise-client-urls=" + clients,
                "--listen-peer-urls=" + peers,
                "--initial-advertise-peer-urls=" + peers,
                "--initial-cluster=test=" + peers));
        command.addAll(options);
        Process started = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
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
        while (!isHealthy()) {
            if (!started.isAlive() || System.nanoTime() > end) {
                throw new IOException("etcd does not answer: " + Files.readString(log));
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }

    private boolean isHealthy() {
        try {
            HttpRequest request = HttpRequest.newBuilder(url().resolve("/health"))
                    .timeout(Duration.ofSeconds(5))
                    .build();
            HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
            return answer.statusCode() == 200 && answer.body().contains("true");
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    public int port() {
        return port;
    }

    /** Where clients find it. */
    public URI url() {
        return url(port);
    }

    /** The same etcd as reached through another port, such as a {@link FaultProxy}'s. */
    public static URI url(int port) {
        return URI.create("http://127.0.0.1:" + port);
    }

    /**
     * Asks its JSON gateway.
     *
     * @param path such as {@code /v3/kv/compaction}
     * @return the body
     * @throws UncheckedIOException if it does not answer with 200
     */
    public String ask(String path, String json) {
        try {
            HttpRequest request = HttpRequest.newBuilder(url().resolve(path))
                    .timeout(PATIENCE)
                    .POST(BodyPublishers.ofString(json))
                    .build();
            HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IOException(path + " was answered with " + answer.statusCode() + ": " + answer.body());
            }
            return answer.body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while asking etcd", e);
        }
    }

    /** Ends it as {@code kill -9} does; what is on its disk stays. Idempotent. */
    public synchronized void kill() {
        if (process == null) {
            return;
        }
        process.destroyForcibly();
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("etcd does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process = null;
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
