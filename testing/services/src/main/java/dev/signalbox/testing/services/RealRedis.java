package dev.signalbox.testing.services;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A real Redis server, the {@code redis-server} of this machine's PATH, on a free port of loopback with its files in a temporary
 * folder. Unless told otherwise it is as durable as Redis can be: each write is on disk before it is answered. Thread-safe.
 */
public final class RealRedis implements AutoCloseable {
    private static final String PART = "redis-server on the PATH: apt install redis-server";
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);
    private static final int ATTEMPTS = 5;

    /** Made on first use; ends with the JVM. */
    private static final class Shared {
        static final RealRedis INSTANCE = boot();

        static {
            Runtime.getRuntime().addShutdownHook(new Thread(INSTANCE::close, "redis-end"));
        }
    }

    private final Path program;
    private final Path folder;
    private final List<String> options;
    private final int port;
    private @Nullable Process process;

    private RealRedis(Path program, Path folder, List<String> options, int port) throws IOException {
        this.program = program;
        this.folder = folder;
        this.options = options;
        this.port = port;
        this.process = launch();
    }

    /**
     * The one server of this JVM, for tests that do not stop it and keep to keys of their own. Where it cannot run, the test is
     * skipped with a line that says why; with {@code CI=true} it fails.
     */
    public static RealRedis shared() {
        return Missing.unlessStarts(PART, () -> Shared.INSTANCE);
    }

    /**
     * A server of one's own, for tests that stop it, skip it or fail as {@link #shared}.
     *
     * @param options lines of a redis.conf, such as {@code "appendfsync everysec"}; they overrule {@code appendonly yes} and
     *     {@code appendfsync always}
     */
    public static RealRedis start(String... options) {
        return Missing.unlessStarts(PART, () -> boot(options));
    }

    private static RealRedis boot(String... options) {
        Path program = Program.find("redis-server");
        Path folder = Scratch.folder("redis");
        IOException last = null;
        // The port is free when it is picked, but it may be another's a moment later.
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                return new RealRedis(program, folder, List.of(options), Program.freePort());
            } catch (IOException e) {
                last = e;
            }
        }
        Scratch.delete(folder);
        throw new UncheckedIOException("Redis did not start", last == null ? new IOException("not tried") : last);
    }

    private Process launch() throws IOException {
        Path log = folder.resolve("redis.log");
        Files.write(folder.resolve("redis.conf"), settings());
        Process started = new ProcessBuilder(
                        program.toString(), folder.resolve("redis.conf").toString())
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

    private List<String> settings() {
        List<String> lines = new ArrayList<>(List.of(
                "bind 127.0.0.1",
                "port " + port,
                "dir " + folder,
                "save \"\"",
                "appendonly yes",
                "appendfsync always",
                "daemonize no"));
        lines.addAll(options);
        return lines;
    }

    private void awaitAnswers(Process started, Path log) throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!answers(started.pid())) {
            if (!started.isAlive() || System.nanoTime() > end) {
                throw new IOException("redis-server does not answer: " + Files.readString(log));
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }

    /** Whether it is this very process that answers: the port may be another's, and while it loads its files it says LOADING. */
    private boolean answers(long pid) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream().write("PING\r\nINFO server\r\nQUIT\r\n".getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return answer.startsWith("+PONG") && answer.contains("process_id:" + pid + "\r\n");
        } catch (IOException e) {
            return false;
        }
    }

    public int port() {
        return port;
    }

    /** Where clients find it: {@code redis://127.0.0.1:port}. */
    public String url() {
        return url(port);
    }

    /** The same server as reached through another port, such as a {@link FaultProxy}'s. */
    public static String url(int port) {
        return "redis://127.0.0.1:" + port;
    }

    /** Ends it as {@code kill -9} does; what is on its disk stays. Idempotent. */
    public synchronized void kill() {
        if (process != null) {
            await(process.destroyForcibly());
            process = null;
        }
    }

    /** Asks it to stop, and waits until it has; what is on its disk stays. Idempotent. */
    public synchronized void stop() {
        if (process != null) {
            process.destroy();
            await(process);
            process = null;
        }
    }

    private static void await(Process ending) {
        try {
            if (!ending.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                ending.destroyForcibly();
            }
        } catch (InterruptedException e) {
            ending.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** Starts it again on what is on its disk, on the same port. Idempotent. */
    public synchronized void startAgain() {
        if (process == null) {
            try {
                process = launch();
            } catch (IOException e) {
                throw new UncheckedIOException("Redis did not start again", e);
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
