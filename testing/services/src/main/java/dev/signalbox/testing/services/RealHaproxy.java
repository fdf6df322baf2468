package dev.signalbox.testing.services;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A real HAProxy, the {@code haproxy} of this machine's PATH, on a free port of loopback before HTTP servers on others. It asks each
 * for its health ten times a second, and gives a request that one refuses with 503, or whose connection one refuses, to another.
 */
public final class RealHaproxy implements AutoCloseable {
    private static final String PART = "haproxy on the PATH: apt install haproxy";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String ADMIN = "admin";
    private static final Duration LOOK_AGAIN = Duration.ofMillis(20);

    private final Path folder;
    private final int port;
    private final Process process;

    private RealHaproxy(Path folder, int port, Process process) {
        this.folder = folder;
        this.port = port;
        this.process = process;
    }

    /** Where it cannot run, the test is skipped with a line that says why; with {@code CI=true} it fails. */
    public static RealHaproxy before(List<Integer> servers, String health) {
        return Missing.unlessStarts(PART, () -> boot(servers, health));
    }

    /**
     * One with a configuration of one's own; skips or fails as {@link #before}.
     *
     * @param port on which it listens, by that configuration
     * @param lines without the section {@code global}
     */
    public static RealHaproxy configured(int port, List<String> lines) {
        return Missing.unlessStarts(PART, () -> boot(port, lines));
    }

    private static RealHaproxy boot(List<Integer> servers, String health) {
        int port = FreePort.find();
        return boot(port, configuration(port, servers, health));
    }

    private static RealHaproxy boot(int port, List<String> lines) {
        Path folder = Scratch.folder("haproxy");
        try {
            List<String> all = new ArrayList<>(List.of(
                    "global",
                    "  nbthread 1", // so that what it says of its servers is how it chooses among them
                    "  stats socket " + folder.resolve(ADMIN)));
            all.addAll(lines);
            Path configuration = Files.write(folder.resolve("haproxy.cfg"), all);
            Process process = new ProcessBuilder(
                            Program.find("haproxy").toString(), "-db", "-f", configuration.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("haproxy.log").toFile())
                    .start();
            RealHaproxy made = new RealHaproxy(folder, port, process);
            made.awaitListens();
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException("HAProxy did not start", e);
        }
    }

    private static List<String> configuration(int port, List<Integer> servers, String health) {
        List<String> lines = new ArrayList<>(List.of(
                "defaults",
                "  mode http",
                "  timeout connect 20s",
                "  timeout check 20s",
                "  timeout client 60s",
                "  timeout server 60s",
                "  option http-buffer-request",
                "  option redispatch 1",
                "  retries 10",
                "  retry-on conn-failure 503",
                "frontend front",
                "  bind 127.0.0.1:" + port,
                "  default_backend nodes",
                "backend nodes",
                "  balance roundrobin",
                "  option httpchk GET " + health,
                "  default-server check inter 100ms fall 1 rise 1"));
        servers.forEach(server -> lines.add("  server node" + server + " 127.0.0.1:" + server));
        return lines;
    }

    private void awaitListens() throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!listens()) {
            if (!process.isAlive() || System.nanoTime() > end) {
                process.destroyForcibly();
                throw new IOException("HAProxy does not listen: " + Files.readString(folder.resolve("haproxy.log")));
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }

    private boolean listens() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    public int port() {
        return port;
    }

    /** Whether every backend that has a server of this name gives it requests. */
    public boolean isUp(String server) {
        return states(server).allMatch(ServerState::isUp);
    }

    /** Whether no backend gives a server of this name requests any more, or has one that it has not answered. */
    public boolean isOut(String server) {
        return states(server).allMatch(state -> !state.isUp() && state.requests == 0);
    }

    /** What a backend says of a server: its status, and how many requests it has now. */
    private record ServerState(String status, int requests) {
        boolean isUp() {
            return status.startsWith("UP") || status.startsWith("no check");
        }
    }

    /** One for each backend that has the server. The answer is a table in CSV, whose first line names its fields. */
    private Stream<ServerState> states(String server) {
        List<String[]> lines =
                ask("show stat").lines().map(line -> line.split(",", -1)).toList();
        List<String> names = List.of(lines.getFirst());
        int status = names.indexOf("status");
        int requests = names.indexOf("scur");
        List<ServerState> found = lines.stream()
                .filter(line -> line.length > requests && line[1].equals(server))
                .map(line -> new ServerState(line[status], Integer.parseInt(line[requests])))
                .toList();
        if (found.isEmpty()) {
            throw new IllegalStateException("HAProxy knows no server " + server);
        }
        return found.stream();
    }

    /** Asks on its socket for administrators. */
    private String ask(String command) {
        try (SocketChannel socket = SocketChannel.open(UnixDomainSocketAddress.of(folder.resolve(ADMIN)))) {
            socket.write(ByteBuffer.wrap((command + "\n").getBytes(StandardCharsets.US_ASCII)));
            return new String(Channels.newInputStream(socket).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("HAProxy does not answer", e);
        }
    }

    /** Ends it and deletes its files. */
    @Override
    public void close() {
        process.destroyForcibly();
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("HAProxy does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Scratch.delete(folder);
    }
}
