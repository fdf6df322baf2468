package dev.signalbox.benchmarks;

import dev.signalbox.benchmarks.Benchmark.Sample;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** A server and the clients of {@link RivalLoad}, and what is measured of them. */
final class RivalPair implements AutoCloseable {
    private static final double NANOS = 1e9;
    private static final double NANOS_PER_MICRO = 1e3;
    private static final double NANOS_PER_MILLI = 1e6;
    /** Published before the clients are asked whether all has come: below every system's bound, so that nobody is too slow. */
    private static final int BATCH = 500;

    private static final int WINDOW = 64;

    private final LoadedServer loaded;

    private RivalPair(LoadedServer loaded) {
        this.loaded = loaded;
    }

    /** With so many subscribers. */
    static RivalPair of(RivalServer server, int clients) throws IOException {
        RivalPair pair = new RivalPair(new LoadedServer(
                server,
                LoadProcess.start(
                        RivalLoad.class,
                        server.protocol().name(),
                        String.valueOf(server.port()),
                        String.valueOf(RouterBenchmark.PAYLOAD_BYTES))));
        try {
            pair.order("connect " + clients);
            return pair;
        } catch (IOException | IllegalStateException e) {
            pair.close();
            throw e;
        }
    }

    private long[] order(String order) throws IOException {
        return loaded.load().order(order);
    }

    private String system() {
        return loaded.server().system();
    }

    List<Sample> batched(String name, Duration duration) throws IOException {
        return loaded.counted(name + "-batched", "delivery", "fan " + BATCH, duration);
    }

    List<Sample> oneAtATime(String name, Duration duration) throws IOException {
        return loaded.counted(name + "-one-at-a-time", "delivery", "fan 1", duration);
    }

    List<Sample> unicast(String name, Duration duration) throws IOException {
        return loaded.counted(name, "delivery", "unicast " + BATCH, duration);
    }

    /** From the moment a message goes out until it is there, {@value #WINDOW} under way. */
    List<Sample> latency(String name, Duration duration) throws IOException {
        long[] times = order("window " + WINDOW + " " + duration.toNanos());
        return List.of(
                new Sample(name + ", p50", system(), times[1] / NANOS_PER_MILLI, "ms"),
                new Sample(name + ", p99", system(), times[2] / NANOS_PER_MILLI, "ms"));
    }

    /** What {@code clients} idle subscribers more take. */
    List<Sample> connect(String name, int clients) throws IOException {
        RivalServer server = loaded.server();
        server.collect();
        long before = server.residentBytes();
        Duration cpuBefore = server.cpu();
        double nanos = order("connect " + clients)[0];
        double cpu = server.cpu().minus(cpuBefore).toNanos();
        double withGarbage = server.residentBytes() - before;
        server.collect();
        double bytes = server.residentBytes() - before;
        return List.of(
                new Sample(name, system(), clients / nanos * NANOS, "connections/s"),
                new Sample(name, system(), cpu / clients / NANOS_PER_MICRO, "server CPU µs/connection"),
                new Sample(name + ", memory", system(), bytes / clients, "bytes/connection"),
                new Sample(name + ", memory at once", system(), withGarbage / clients, "bytes/connection"));
    }

    @Override
    public void close() {
        loaded.close();
    }
}
