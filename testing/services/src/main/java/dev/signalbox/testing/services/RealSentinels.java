package dev.signalbox.testing.services;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** Three real Redis Sentinels that watch a primary with two replicas, by the name {@code main}, on free ports of loopback. Thread-safe. */
public final class RealSentinels implements AutoCloseable {
    private static final String PART =
            "redis-server and redis-sentinel on the PATH: apt install redis-server redis-sentinel";
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
    private static final int SENTINELS = 3;

    private final Path folder;
    private final List<RealRedis> servers = new ArrayList<>();
    private final List<Process> processes = new ArrayList<>();
    private final List<Integer> ports = new ArrayList<>();

    private RealSentinels(Path folder) {
        this.folder = folder;
    }

    /** Starts them. Where they cannot run, the test is skipped with a line that says why; with {@code CI=true} it fails. */
    public static RealSentinels start() {
        return Missing.unlessStarts(PART, RealSentinels::boot);
    }

    private static RealSentinels boot() {
        RealSentinels made = new RealSentinels(Scratch.folder("sentinels"));
        try {
            made.startServers();
            for (int i = 0; i < SENTINELS; i++) {
                made.startSentinel();
            }
            await(() -> made.ports.stream().allMatch(RealSentinels::isReady));
            return made;
        } catch (IOException e) {
            made.close();
            throw new UncheckedIOException("Sentinels did not start", e);
        } catch (RuntimeException e) {
            made.close();
            throw e;
        }
    }

    private void startServers() {
        RealRedis primary = RealRedis.boot("appendonly no", "repl-diskless-sync-delay 0");
        servers.add(primary);
        for (int i = 0; i < 2; i++) {
            servers.add(RealRedis.boot(
                    "appendonly no", "repl-diskless-sync-delay 0", "replicaof 127.0.0.1 " + primary.port()));
        }
        await(() -> primary.ask("INFO replication").split("state=online", -1).length == 3);
    }

    private void startSentinel() throws IOException {
        int port = Program.freePort();
        Path home = Files.createDirectory(folder.resolve("sentinel-" + port));
        Path configuration = Files.write(
                home.resolve("sentinel.conf"),
                List.of(
                        "bind 127.0.0.1",
                        "port " + port,
                        "dir " + home,
                        "sentinel monitor main 127.0.0.1 " + servers.getFirst().port() + " 2",
                        "sentinel down-after-milliseconds main 1000",
                        "sentinel failover-timeout main 5000"));
        processes.add(Program.start(
                List.of(Program.find("redis-sentinel").toString(), configuration.toString()),
                home.resolve("sentinel.log")));
        ports.add(port);
    }

    /** It knows the two others and both replicas. */
    private static boolean isReady(int port) {
        try {
            return RealRedis.exchange(port, "SENTINEL CKQUORUM main").startsWith("+OK 3")
                    && RealRedis.exchange(port, "INFO sentinel").contains("slaves=2,sentinels=3");
        } catch (IOException e) {
            return false;
        }
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("the Sentinels do not come about");
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }

    /** The one that says of itself that it is the primary; for some time after a failover there may be two, and this is the new one. */
    public RealRedis primary() {
        return servers.stream()
                .filter(each -> each.port() == namedBy(ports.getFirst()))
                .findFirst()
                .orElseThrow();
    }

    private static int namedBy(int sentinel) {
        try {
            String answer = RealRedis.exchange(sentinel, "SENTINEL GET-MASTER-ADDR-BY-NAME main");
            return Integer.parseInt(answer.split("\r\n", -1)[4]);
        } catch (IOException e) {
            throw new UncheckedIOException("a Sentinel did not answer", e);
        }
    }

    /** Has another server become the primary, as an operator does before work on this one, and waits until the Sentinels say so. */
    public void failOver() {
        RealRedis before = primary();
        await(() -> isTakenByFirst(
                "SENTINEL FAILOVER main")); // Refused for as long as it has not heard of the replicas' state.
        await(() -> !primary().equals(before));
    }

    private boolean isTakenByFirst(String command) {
        try {
            return RealRedis.exchange(ports.getFirst(), command).startsWith("+OK");
        } catch (IOException e) {
            throw new UncheckedIOException("a Sentinel did not answer", e);
        }
    }

    /** Where clients find them: {@code redis-sentinel://host:port,host:port,host:port#main}. */
    public String url() {
        return ports.stream()
                .map(each -> "127.0.0.1:" + each)
                .collect(Collectors.joining(",", "redis-sentinel://", "#main"));
    }

    /** Ends all and deletes their files. */
    @Override
    public void close() {
        processes.forEach(Program::kill);
        servers.forEach(RealRedis::close);
        Scratch.delete(folder);
    }
}
