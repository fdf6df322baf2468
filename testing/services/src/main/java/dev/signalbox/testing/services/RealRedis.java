package dev.signalbox.testing.services;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
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

    static RealRedis boot(String... options) {
        Path program = Program.find("redis-server");
        Path folder = Scratch.folder("redis");
        IOException last = null;
        // The port is free when it is picked, but it may be another's a moment later.
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                return new RealRedis(program, folder, List.of(options), FreePort.find());
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
        try {
            String answer = exchange("PING\r\nINFO server");
            boolean isThis = answer.startsWith("+PONG") && answer.contains("process_id:" + pid + "\r\n");
            // With a password it says nothing of itself; then the next one who asks finds out.
            return isThis || answer.startsWith("-NOAUTH");
        } catch (IOException e) {
            return false;
        }
    }

    private String exchange(String commands) throws IOException {
        return exchange(port, commands);
    }

    /** Returns all that is answered, with that to QUIT. */
    static String exchange(int port, String commands) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream().write((commands + "\r\nQUIT\r\n").getBytes(StandardCharsets.US_ASCII));
            return readToTheEnd(socket.getInputStream());
        }
    }

    /** A Sentinel does not know QUIT: it says so, and stays. */
    private static String readToTheEnd(InputStream in) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        boolean stays = false;
        while (!stays) {
            int read = in.read(buffer);
            if (read < 0) {
                break;
            }
            answer.write(buffer, 0, read);
            stays = answer.toString(StandardCharsets.UTF_8).contains("'QUIT'");
        }
        return answer.toString(StandardCharsets.UTF_8);
    }

    /**
     * Sends it one command, as it is typed.
     *
     * @return the answer as it is on the wire, and that to QUIT
     * @throws UncheckedIOException if it does not answer
     */
    public String ask(String command) {
        try {
            return exchange(command);
        } catch (IOException e) {
            throw new UncheckedIOException("Redis did not answer to " + command, e);
        }
    }

    /**
     * From now on it takes connections over TLS, too.
     *
     * @return on which port
     */
    public int enableTls(SelfSigned identity) {
        int secure = FreePort.find();
        String answer = ask("CONFIG SET tls-cert-file " + identity.pem() + " tls-key-file " + identity.keyPem()
                + " tls-auth-clients no tls-port " + secure);
        if (!answer.startsWith("+OK")) {
            throw new IllegalStateException("Redis takes no TLS: " + answer);
        }
        return secure;
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

    /** Stops its process in its tracks (SIGSTOP): connections stay open, and nothing is answered. */
    public synchronized void freeze() {
        Program.signal(running(), "STOP");
    }

    /** Lets a frozen one go on. */
    public synchronized void thaw() {
        Program.signal(running(), "CONT");
    }

    private Process running() {
        if (process == null) {
            throw new IllegalStateException("Redis does not run");
        }
        return process;
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
