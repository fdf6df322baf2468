package dev.signalbox.benchmarks;

import dev.signalbox.benchmarks.Benchmark.Sample;
import dev.signalbox.testing.services.RealRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Publishes on one node what clients of the other one receive, and measures Redis between them. For one thread. */
final class ClusterPair implements AutoCloseable {
    /** What is published before the clients are asked if all has come: below every bound, so that nobody is too slow. */
    private static final int BURST = 500;

    private static final int ATTEMPTS = 5;
    private static final double NANOS_PER_MILLI = 1e6;

    private final RealRedis redis;
    private final ClusterSystem system;
    private final ClusterProcess subscribers;
    private long delivered;

    private ClusterPair(RealRedis redis, ClusterSystem system, ClusterProcess subscribers) {
        this.redis = redis;
        this.system = system;
        this.subscribers = subscribers;
    }

    static ClusterPair open(RealRedis redis, ClusterSystem system) throws Exception {
        ClusterProcess subscribers = ClusterProcess.java(
                ClusterSubscribers.class,
                system.protocol().name(),
                system.clients().toString());
        ClusterPair pair = new ClusterPair(redis, system, subscribers);
        pair.awaitRooms();
        return pair;
    }

    /** A node may hear of a room only a moment after its clients are in it. */
    private void awaitRooms() throws Exception {
        long each = (long) ClusterBenchmark.ROOMS * ClusterSubscribers.IN_A_ROOM;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            subscribers.ask("reset");
            system.publish(ClusterBenchmark.ROOMS);
            if (Long.parseLong(subscribers.ask("await " + each)) == each) {
                subscribers.ask("reset");
                return;
            }
        }
        throw new IllegalStateException(system.name() + ": not all rooms were reached");
    }

    List<Sample> bursts(Duration duration) throws Exception {
        return measure("two-nodes-bursts", BURST, duration);
    }

    /** Each time to all rooms once. */
    List<Sample> oneAtATime(Duration duration) throws Exception {
        String name = "two-nodes-one-at-a-time";
        subscribers.ask("times");
        List<Sample> samples = new ArrayList<>(measure(name, 1, duration));
        String[] times = subscribers.ask("times").split(" ");
        samples.add(new Sample(name + ", p50", system.name(), Long.parseLong(times[0]) / NANOS_PER_MILLI, "ms"));
        samples.add(new Sample(name + ", p99", system.name(), Long.parseLong(times[1]) / NANOS_PER_MILLI, "ms"));
        return samples;
    }

    private List<Sample> measure(String name, int batch, Duration duration) throws Exception {
        long before = delivered;
        double redisBefore = ClusterRedis.cpuMicros(redis);
        long start = System.nanoTime();
        while (System.nanoTime() - start < duration.toNanos()) {
            system.publish(batch);
            awaitDelivered(delivered + (long) batch * ClusterSubscribers.IN_A_ROOM);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        long count = delivered - before;
        double micros = ClusterRedis.cpuMicros(redis) - redisBefore;
        return List.of(
                new Sample(name, system.name(), count / seconds, "deliveries/s"),
                new Sample(name, system.name(), micros / count, "Redis CPU µs/delivery"));
    }

    /** More would be an error, too. */
    private void awaitDelivered(long expected) {
        String answer = subscribers.ask("await " + expected);
        if (!String.valueOf(expected).equals(answer)) {
            throw new IllegalStateException(system.name() + ": " + answer + " deliveries came, not " + expected);
        }
        delivered = expected;
    }

    @Override
    public void close() {
        subscribers.close();
    }
}
