package dev.signalbox.testing.services;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * A real Redis with two replicas under three Sentinels, the {@code redis-server} of this machine's PATH, on free ports of loopback. A
 * primary that is silent for two seconds is replaced. Thread-safe.
 */
public final class RealSentinel implements AutoCloseable {
    private static final String PART = "redis-server on the PATH: apt install redis-server";
    private static final String NAME = "main";
    private static final int SENTINELS = 3;
    private static final String PONG = "+PONG\r\n";
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Path folder = Scratch.folder("sentinel");
    private final List<RealRedis> servers = new ArrayList<>();
    private final List<Integer> ports =
            IntStream.range(0, SENTINELS).map(_ -> FreePort.find()).boxed().toList();
    private final List<Process> sentinels = new ArrayList<>();

    private RealSentinel() {}

    /** One of one's own, whose Sentinels agree and whose replicas follow; where it cannot run, the test is skipped or fails as with {@link RealRedis}. */
    public static RealSentinel start() {
        return Missing.unlessStarts(PART, RealSentinel::boot);
    }

    private static RealSentinel boot() {
        RealSentinel made = new RealSentinel();
        try {
            made.startServers();
            made.startSentinels();
            return made;
        } catch (IOException | RuntimeException e) {
            made.close();
            throw new IllegalStateException("Sentinel did not start", e);
        }
    }

    private void startServers() {
        RealRedis primary = RealRedis.start("repl-diskless-sync-delay 0");
        servers.add(primary);
        for (int replica = 0; replica < 2; replica++) {
            servers.add(RealRedis.start("repl-diskless-sync-delay 0", "replicaof 127.0.0.1 " + primary.port()));
        }
        // Sentinel asks for them as it starts, and then every ten seconds.
        await("replicas", () -> ask(primary.port(), "INFO replication").split("state=online", -1).length == 3);
    }

    private void startSentinels() throws IOException {
        for (int port : ports) {
            Path log = log(port);
            Path settings = Files.write(
                    folder.resolve(port + ".conf"),
                    List.of(
                            "bind 127.0.0.1",
                            "port " + port,
                            "dir " + folder,
                            "sentinel monitor " + NAME + " 127.0.0.1 "
                                    + servers.getFirst().port() + " 2",
                            "sentinel down-after-milliseconds " + NAME + " 2000",
                            "sentinel failover-timeout " + NAME + " 3000"));
            sentinels.add(Program.start(
                    List.of(Program.find("redis-server").toString(), settings.toString(), "--sentinel"), log));
        }
        for (int port : ports) {
            await("Sentinel that knows all others", () -> isReady(port));
        }
    }

    private Path log(int port) {
        return folder.resolve(port + ".log");
    }

    /** It knows the other Sentinels and both replicas, so a failover can begin. */
    private static boolean isReady(int port) {
        String told = ask(port, "SENTINEL MASTER " + NAME);
        return value(told, "num-slaves").equals("2")
                && value(told, "num-other-sentinels").equals(Integer.toString(SENTINELS - 1));
    }

    /** In an answer of names and values in turn, each on a line of its own behind its length. */
    private static String value(String answer, String name) {
        List<String> lines = answer.lines().toList();
        int at = lines.indexOf(name);
        return at < 0 || at + 2 >= lines.size() ? "" : lines.get(at + 2);
    }

    /** Sends one command; returns its answer, or nothing if the server is not there. */
    private static String ask(int port, String command) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            // Sentinel knows no QUIT, so the answer to a second command shows where that of the first ends.
            socket.getOutputStream().write((command + "\r\nPING\r\n").getBytes(StandardCharsets.US_ASCII));
            StringBuilder answer = new StringBuilder();
            byte[] buffer = new byte[8192];
            int length = 0;
            while (length >= 0 && answer.indexOf(PONG) < 0) {
                length = socket.getInputStream().read(buffer);
                answer.append(new String(buffer, 0, Math.max(0, length), StandardCharsets.US_ASCII));
            }
            return answer.toString().replace(PONG, "");
        } catch (IOException e) {
            return "";
        }
    }

    private static void await(String what, BooleanSupplier holds) {
        for (long end = System.nanoTime() + PATIENCE.toNanos(); !holds.getAsBoolean(); ) {
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException("after " + PATIENCE + " there is still no " + what);
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }

    /** For clients that ask Sentinel for the primary. */
    public String url() {
        return "redis-sentinel://"
                + String.join(
                        ",", ports.stream().map(port -> "127.0.0.1:" + port).toList()) + "#" + NAME;
    }

    /** The port of the server that the first Sentinel takes for the primary. */
    public int primary() {
        List<String> lines = ask(ports.getFirst(), "SENTINEL GET-MASTER-ADDR-BY-NAME " + NAME)
                .lines()
                .toList();
        if (lines.size() < 5) {
            throw new IllegalStateException("Sentinel does not tell the primary: " + lines);
        }
        return Integer.parseInt(lines.get(4));
    }

    /** Asks for a failover as an operator does, with the primary still up, and waits until another is the primary. */
    public void failOver() {
        int before = primary();
        // It is refused while another one goes on, or while no replica is known to be well.
        await(
                "failover",
                () -> ask(ports.getFirst(), "SENTINEL FAILOVER " + NAME).startsWith("+OK") || primary() != before);
        awaitOther(before);
    }

    /** Kills the primary, and waits until another is the primary. */
    public void killPrimary() {
        int before = primary();
        servers.stream().filter(server -> server.port() == before).forEach(RealRedis::kill);
        awaitOther(before);
    }

    private void awaitOther(int before) {
        await("other primary", () -> primary() != before);
    }

    /** Ends all and deletes their files. */
    @Override
    public void close() {
        sentinels.forEach(Program::kill);
        servers.forEach(RealRedis::close);
        Scratch.delete(folder);
    }
}
