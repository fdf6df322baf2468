package dev.signalbox.testing.services;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A real NATS server, the {@code nats-server} of this machine's PATH, on a free port of loopback. Thread-safe. */
public final class RealNats implements AutoCloseable {
    private static final String PART = "nats-server on the PATH: apt install nats-server";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int ATTEMPTS = 5;
    private static final String STREAMS = "streams";
    private static final String SAVED = "saved";

    private final Path folder;
    private final List<String> options;
    private final int port;
    /** By which it is told from another's server that took the port. */
    private final String name = UUID.randomUUID().toString();

    private @Nullable Process process;

    private RealNats(Path folder, List<String> options, int port) {
        this.folder = folder;
        this.options = options;
        this.port = port;
        this.process = launch();
    }

    /**
     * Starts one. Where it cannot run, the test is skipped with a line that says why; with {@code CI=true} it fails.
     *
     * @param options lines of its configuration, such as {@code "max_payload: 1000"}
     */
    public static RealNats start(String... options) {
        return Missing.unlessStarts(PART, () -> boot(List.of(options)));
    }

    /** The same with JetStream, whose files are the server's own. */
    public static RealNats startJetStream(String... options) {
        return Missing.unlessStarts(PART, () -> {
            Path folder = Scratch.folder("nats");
            List<String> all = new ArrayList<>(List.of(options));
            all.add("jetstream { store_dir: \"" + folder.resolve(STREAMS) + "\" }");
            return boot(folder, all);
        });
    }

    private static RealNats boot(List<String> options) {
        return boot(Scratch.folder("nats"), options);
    }

    private static RealNats boot(Path folder, List<String> options) {
        RuntimeException last = null;
        // The port is free when it is picked, but it may be another's a moment later.
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                return new RealNats(folder, options, FreePort.find());
            } catch (IllegalStateException | UncheckedIOException e) {
                last = e;
            }
        }
        Scratch.delete(folder);
        throw last == null ? new IllegalStateException("not tried") : last;
    }

    private Process launch() {
        Path log = folder.resolve("nats.log");
        Path configuration = folder.resolve("nats.conf");
        try {
            Files.write(configuration, settings());
        } catch (IOException e) {
            throw new UncheckedIOException("nats-server has no place for its configuration", e);
        }
        String program = Program.find("nats-server").toString();
        Process started = Program.start(List.of(program, "-c", configuration.toString()), log);
        Program.await(started, log, this::answers, PATIENCE);
        return started;
    }

    private List<String> settings() {
        List<String> lines =
                new ArrayList<>(List.of("host: \"127.0.0.1\"", "port: " + port, "server_name: \"" + name + "\""));
        lines.addAll(options);
        return lines;
    }

    private boolean answers() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            var reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            String greeting = reader.readLine();
            return greeting != null && greeting.startsWith("INFO ") && greeting.contains(name);
        } catch (IOException e) {
            return false;
        }
    }

    public int port() {
        return port;
    }

    /** Where clients find it: {@code nats://127.0.0.1:port}. */
    public String url() {
        return url(port);
    }

    /** The same server as reached through another port, such as a {@link FaultProxy}'s. */
    public static String url(int port) {
        return "nats://127.0.0.1:" + port;
    }

    /** Ends it as {@code kill -9} does. Idempotent. */
    public synchronized void kill() {
        if (process != null) {
            Program.kill(process);
            process = null;
        }
    }

    /** Asks it to stop, and waits until it has; what is on its disk stays. Idempotent. */
    public synchronized void stop() {
        if (process != null) {
            process.destroy();
            try {
                process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            kill();
        }
    }

    /** Keeps what its streams have now for {@link #goBack}; it is restarted for that. */
    public synchronized void save() {
        stop();
        copy(folder.resolve(STREAMS), folder.resolve(SAVED));
        startAgain();
    }

    /** Is restarted with what its streams had when they were saved. */
    public synchronized void goBack() {
        stop();
        copy(folder.resolve(SAVED), folder.resolve(STREAMS));
        startAgain();
    }

    /** Is restarted with no streams. */
    public synchronized void forget() {
        stop();
        Scratch.delete(folder.resolve(STREAMS));
        startAgain();
    }

    private static void copy(Path from, Path to) {
        if (Files.exists(to)) {
            Scratch.delete(to);
        }
        try (Stream<Path> files = Files.walk(from)) {
            for (Path each : files.toList()) {
                Files.copy(each, to.resolve(from.relativize(each).toString()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the streams of NATS cannot be copied", e);
        }
    }

    /** Starts it again on the same port. Idempotent. */
    public synchronized void startAgain() {
        if (process == null) {
            process = launch();
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

    /** Makes it tell its clients to leave (lame duck mode), and take no new ones. */
    public synchronized void becomeLameDuck() {
        Program.signal(running(), "USR2");
    }

    private Process running() {
        if (process == null) {
            throw new IllegalStateException("nats-server does not run");
        }
        return process;
    }

    /** Ends it and deletes its files. */
    @Override
    public void close() {
        kill();
        Scratch.delete(folder);
    }
}
