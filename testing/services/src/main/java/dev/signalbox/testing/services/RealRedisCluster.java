package dev.signalbox.testing.services;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A real Redis Cluster on free ports of loopback: three primaries with a replica each. Thread-safe. */
public final class RealRedisCluster implements AutoCloseable {
    private static final String PART = "redis-server on the PATH: apt install redis-server";
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration FAILOVER_TIMEOUT = Duration.ofSeconds(6);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
    private static final int PRIMARIES = 3;
    private static final int SLOTS = 16384;

    private final List<RealRedis> nodes;

    private RealRedisCluster(List<RealRedis> nodes) {
        this.nodes = nodes;
    }

    /** Starts one. Where it cannot run, the test is skipped with a line that says why; with {@code CI=true} it fails. */
    public static RealRedisCluster start() {
        return Missing.unlessStarts(PART, RealRedisCluster::boot);
    }

    private static RealRedisCluster boot() {
        RealRedisCluster cluster = new RealRedisCluster(new ArrayList<>());
        try {
            for (int i = 0; i < 2 * PRIMARIES; i++) {
                int bus = FreePort.find();
                RealRedis node = RealRedis.boot(
                        "appendonly no",
                        "cluster-enabled yes",
                        "cluster-port " + bus,
                        "cluster-node-timeout 2000",
                        "repl-diskless-sync-delay 0");
                cluster.nodes.add(node);
                require(node, "CLUSTER SET-CONFIG-EPOCH " + (i + 1));
                require(cluster.nodes.getFirst(), "CLUSTER MEET 127.0.0.1 " + node.port() + " " + bus);
            }
            cluster.assign();
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private void assign() {
        for (int i = 0; i < PRIMARIES; i++) {
            int from = SLOTS * i / PRIMARIES;
            int to = SLOTS * (i + 1) / PRIMARIES - 1;
            require(nodes.get(i), "CLUSTER ADDSLOTSRANGE " + from + " " + to);
            RealRedis replica = nodes.get(PRIMARIES + i);
            String primary = nodes.get(i).ask("CLUSTER MYID").split("\r\n", -1)[1];
            await(() -> replica.ask("CLUSTER REPLICATE " + primary).startsWith("+OK"));
        }
        awaitWhole();
    }

    private static void require(RealRedis node, String command) {
        String answer = node.ask(command);
        if (!answer.startsWith("+OK")) {
            throw new IllegalStateException(command + " was answered with " + answer);
        }
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("the Redis Cluster does not come about");
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }

    /** Waits until all slots are served, and every replica has its primary's data. */
    public void awaitWhole() {
        await(() -> nodes.stream()
                .allMatch(each -> each.ask("CLUSTER INFO").contains("cluster_state:ok") && isLinked(each)));
        await(() -> replicas().size() == PRIMARIES);
    }

    private static boolean isLinked(RealRedis node) {
        String replication = node.ask("INFO replication");
        return replication.contains("role:master") || replication.contains("master_link_status:up");
    }

    /** Those that are replicas now. */
    public List<RealRedis> replicas() {
        return nodes.stream()
                .filter(each -> each.ask("INFO replication").contains("role:slave"))
                .toList();
    }

    /** Makes each replica a primary, as an operator does before work on the servers, and waits until all are. */
    public void failOver() {
        List<RealRedis> next = replicas();
        await(() -> arePrimariesOnceAsked(next));
    }

    /** Redis gives up after five seconds, such as where too few primaries could vote; then it has to be asked again. */
    private static boolean arePrimariesOnceAsked(List<RealRedis> nodes) {
        long end = System.nanoTime() + FAILOVER_TIMEOUT.toNanos();
        nodes.stream().filter(each -> !isPrimary(each)).forEach(each -> each.ask("CLUSTER FAILOVER"));
        while (!nodes.stream().allMatch(RealRedisCluster::isPrimary) && System.nanoTime() < end) {
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
        return nodes.stream().allMatch(RealRedisCluster::isPrimary);
    }

    private static boolean isPrimary(RealRedis node) {
        return node.ask("INFO replication").contains("role:master");
    }

    /** The one that has that slot, as the first node sees it. */
    public RealRedis primaryOf(int slot) {
        String line = nodes.getFirst()
                .ask("CLUSTER NODES")
                .lines()
                .filter(each -> each.contains("master") && has(each, slot))
                .findFirst()
                .orElseThrow();
        String address = line.split(" ", -1)[1];
        int port = Integer.parseInt(address.substring(address.indexOf(':') + 1, address.indexOf('@')));
        return nodes.stream().filter(each -> each.port() == port).findFirst().orElseThrow();
    }

    private static boolean has(String line, int slot) {
        return Stream.of(line.strip().split(" ", -1)).skip(8).anyMatch(range -> {
            String[] ends = range.split("-", -1);
            return Integer.parseInt(ends[0]) <= slot && slot <= Integer.parseInt(ends[ends.length - 1]);
        });
    }

    /** Where clients find it: all of its servers, as {@code redis://host:port,host:port}. */
    public String url() {
        return nodes.stream().map(each -> "127.0.0.1:" + each.port()).collect(Collectors.joining(",", "redis://", ""));
    }

    /** Ends all and deletes their files. */
    @Override
    public void close() {
        nodes.forEach(RealRedis::close);
    }
}
