package dev.signalbox.benchmarks;

import dev.signalbox.benchmarks.Benchmark.Sample;
import dev.signalbox.testing.services.RealRedis;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client of the first node publishes to a topic, and subscribers of all others get each message. What is compared is the processor time of Redis, which
 * all nodes share and which so limits a cluster; and that of Redis and all nodes together, for a system without a broker does in its nodes what Redis does for
 * others.
 */
final class ClusterFanout implements AutoCloseable {
    private static final int SUBSCRIBERS = 100;
    /** What is published before the subscribers are waited for: below every system's bounds. */
    private static final int BATCH = 500;

    private static final double MICROS = 1e6;
    private static final int SETTLING_TRIES = 120;

    private final @Nullable RealRedis redis;
    private final ClusterSystem system;
    private final String name;
    private final String everything;
    private final ClusterSockets sockets;
    private final ClusterSockets.Publisher publisher;
    private long expected;

    /** {@code SUBSCRIBERS} in all, spread over all nodes of the system but the first; {@code redis} is null if it has none. */
    ClusterFanout(@Nullable RealRedis redis, ClusterSystem system) throws IOException, InterruptedException {
        this.redis = redis;
        this.system = system;
        List<Integer> ports = system.ports();
        this.name = "fan-out " + (redis == null ? "without a broker" : "over Redis") + ", " + ports.size() + " nodes";
        this.everything = "fan-out, " + ports.size() + " nodes, with all that they need";
        this.sockets = new ClusterSockets(system.wire());
        for (int i = 0; i < SUBSCRIBERS; i++) {
            sockets.subscribe(ports.get(1 + i % (ports.size() - 1)));
        }
        this.publisher = sockets.publisher(ports.getFirst());
        settle();
    }

    /** Until one message reaches all: a subscriber's node may not have told the broker yet. */
    private void settle() throws IOException, InterruptedException {
        for (int tries = 0; tries < SETTLING_TRIES; tries++) {
            long before = sockets.counted();
            publisher.publish(1);
            TimeUnit.MILLISECONDS.sleep(500);
            if (sockets.counted() - before >= SUBSCRIBERS) {
                expected = sockets.counted();
                return;
            }
        }
        throw new IllegalStateException(
                name + " of " + system.name() + ": after a minute, messages do not reach all subscribers");
    }

    List<Sample> measure(Duration duration) throws IOException {
        double cpu = -redisMicros();
        double nodes = -system.cpuMicros();
        long before = expected;
        long begun = System.nanoTime();
        while (System.nanoTime() - begun < duration.toNanos()) {
            publish(BATCH);
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        cpu += redisMicros();
        nodes += system.cpuMicros();
        long deliveries = expected - before;
        Percentiles latency = new Percentiles();
        long pings = System.nanoTime();
        while (System.nanoTime() - pings < duration.toNanos() / 2) {
            long sent = System.nanoTime();
            publish(1);
            latency.add(System.nanoTime() - sent);
        }
        List<Sample> samples = new ArrayList<>();
        samples.add(new Sample(name, system.name(), deliveries / seconds, "deliveries/s"));
        if (redis != null) {
            samples.add(new Sample(name, system.name(), cpu / deliveries, "Redis CPU µs/delivery"));
            samples.add(new Sample(name, system.name(), cpu / deliveries * SUBSCRIBERS, "Redis CPU µs/message"));
        }
        samples.add(new Sample(everything, system.name(), (cpu + nodes) / deliveries, "CPU µs/delivery"));
        samples.addAll(latency.samples(name + ", until all have it", system.name()));
        return samples;
    }

    private void publish(int messages) throws IOException {
        publisher.publish(messages);
        expected += (long) messages * SUBSCRIBERS;
        sockets.await(expected);
    }

    /** The processor time that Redis has used; none if there is no Redis. */
    private double redisMicros() {
        return redis == null
                ? 0
                : redis.ask("INFO cpu")
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
