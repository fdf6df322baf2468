package dev.signalbox.benchmarks;

import dev.signalbox.benchmarks.Benchmark.Sample;
import dev.signalbox.testing.services.RealRedis;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * One client of the first node publishes to a topic, and subscribers of all others get each message over Redis. What is compared is the processor time of
 * Redis, which all nodes share and which so limits a cluster.
 */
final class ClusterFanout implements AutoCloseable {
    private static final int SUBSCRIBERS = 100;
    /** What is published before the subscribers are waited for: below every system's bounds. */
    private static final int BATCH = 500;

    private static final double MICROS = 1e6;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final RealRedis redis;
    private final ClusterSystem system;
    private final String name;
    private final ClusterSockets sockets;
    private final ClusterSockets.Publisher publisher;
    private long expected;

    /** {@code SUBSCRIBERS} in all, spread over all nodes of the system but the first. */
    ClusterFanout(RealRedis redis, ClusterSystem system) throws IOException, InterruptedException {
        this.redis = redis;
        this.system = system;
        List<Integer> ports = system.ports();
        this.name = "fan-out over Redis, " + ports.size() + " nodes";
        this.sockets = new ClusterSockets(system.wire());
        for (int i = 0; i < SUBSCRIBERS; i++) {
            sockets.subscribe(ports.get(1 + i % (ports.size() - 1)));
        }
        this.publisher = sockets.publisher(ports.getFirst());
        settle();
    }

    /** Until one message reaches all: a subscriber's node may not have told the broker yet. */
    private void settle() throws IOException, InterruptedException {
        long begun = System.nanoTime();
        long reached = 0;
        while (reached < SUBSCRIBERS) {
            if (System.nanoTime() - begun > PATIENCE.toNanos()) {
                throw new IllegalStateException(
                        "a message reaches only " + reached + " of " + SUBSCRIBERS + " subscribers");
            }
            long before = sockets.counted();
            publisher.publish(1);
            TimeUnit.MILLISECONDS.sleep(500);
            reached = sockets.counted() - before;
        }
        expected = sockets.counted();
    }

    List<Sample> measure(Duration duration) throws IOException {
        double cpu = -cpuMicros();
        long before = expected;
        long begun = System.nanoTime();
        while (System.nanoTime() - begun < duration.toNanos()) {
            publish(BATCH);
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        cpu += cpuMicros();
        long deliveries = expected - before;
        Percentiles latency = new Percentiles();
        long pings = System.nanoTime();
        while (System.nanoTime() - pings < duration.toNanos() / 2) {
            long sent = System.nanoTime();
            publish(1);
            latency.add(System.nanoTime() - sent);
        }
        return Stream.concat(
                        Stream.of(
                                new Sample(name, system.name(), deliveries / seconds, "deliveries/s"),
                                new Sample(name, system.name(), cpu / deliveries, "Redis CPU µs/delivery"),
                                new Sample(
                                        name, system.name(), cpu / deliveries * SUBSCRIBERS, "Redis CPU µs/message")),
                        latency.samples(name + ", until all have it", system.name()).stream())
                .toList();
    }

    private void publish(int messages) throws IOException {
        publisher.publish(messages);
        expected += (long) messages * SUBSCRIBERS;
        sockets.await(expected);
    }

    /** The processor time that Redis has used. */
    private double cpuMicros() {
        return redis.ask("INFO cpu")
                        .lines()
                        .filter(line -> line.startsWith("used_cpu_user:") || line.startsWith("used_cpu_sys:"))
                        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(':') + 1)))
                        .sum()
                * MICROS;
    }

    @Override
    public void close() {
        sockets.close();
        system.close();
    }
}
