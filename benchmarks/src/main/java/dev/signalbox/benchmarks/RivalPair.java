package dev.signalbox.benchmarks;

import dev.signalbox.benchmarks.Benchmark.Sample;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** A server and its clients, each in a process, and what is measured of them. */
final class RivalPair implements AutoCloseable {
    private static final double NANOS = 1e9;
    private static final double NANOS_PER_MICRO = 1e3;
    private static final double NANOS_PER_MILLI = 1e6;
    /** Published before the clients are asked whether all has come: below every system's bound, so that nobody is too slow. */
    private static final int BATCH = 500;

    private static final int WINDOW = 64;

    private final RivalServer server;
    private final Process load;
    private final Writer orders;
    private final BufferedReader answers;

    private RivalPair(RivalServer server, Process load) {
        this.server = server;
        this.load = load;
        this.orders = load.outputWriter(StandardCharsets.US_ASCII);
        this.answers = load.inputReader(StandardCharsets.US_ASCII);
    }

    static RivalPair of(RivalServer server) throws IOException {
        Process load = new ProcessBuilder(
                        Java.executable(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        RivalLoad.class.getName(),
                        server.protocol().name(),
                        String.valueOf(server.port()),
                        String.valueOf(RouterBenchmark.PAYLOAD_BYTES))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        return new RivalPair(server, load);
    }

    /** With so many subscribers. */
    static RivalPair of(RivalServer server, int clients) throws IOException {
        RivalPair pair = of(server);
        try {
            pair.order("connect " + clients);
            return pair;
        } catch (IOException | IllegalStateException e) {
            pair.close();
            throw e;
        }
    }

    private long[] order(String order) throws IOException {
        orders.write(order + "\n");
        orders.flush();
        String answer = answers.readLine();
        if (answer == null) {
            throw new IllegalStateException("the clients of " + server.system() + " are gone; asked for: " + order);
        }
        return Arrays.stream(answer.split(" ")).mapToLong(Long::parseLong).toArray();
    }

    List<Sample> batched(String name, Duration duration) throws IOException {
        return fan(name + "-batched", BATCH, duration);
    }

    List<Sample> oneAtATime(String name, Duration duration) throws IOException {
        return fan(name + "-one-at-a-time", 1, duration);
    }

    private List<Sample> fan(String name, int batch, Duration duration) throws IOException {
        return counted(name, "fan " + batch, duration);
    }

    /** Deliveries and nanoseconds, as the clients counted them, and what the server took for that. */
    private List<Sample> counted(String name, String order, Duration duration) throws IOException {
        Duration before = server.cpu();
        long[] counted = order(order + " " + duration.toNanos());
        double cpu = server.cpu().minus(before).toNanos();
        return List.of(
                new Sample(name, server.system(), counted[0] / (double) counted[1] * NANOS, "deliveries/s"),
                new Sample(name, server.system(), cpu / counted[0] / NANOS_PER_MICRO, "server CPU µs/delivery"));
    }

    List<Sample> unicast(String name, Duration duration) throws IOException {
        return counted(name, "unicast " + BATCH, duration);
    }

    /** From the moment a message goes out until it is there, {@value #WINDOW} under way. */
    List<Sample> latency(String name, Duration duration) throws IOException {
        long[] times = order("window " + WINDOW + " " + duration.toNanos());
        return List.of(
                new Sample(name + ", p50", server.system(), times[1] / NANOS_PER_MILLI, "ms"),
                new Sample(name + ", p99", server.system(), times[2] / NANOS_PER_MILLI, "ms"));
    }

    /** What {@code clients} idle subscribers more take. */
    List<Sample> connect(String name, int clients) throws IOException {
        server.collect();
        long before = server.residentBytes();
        double nanos = order("connect " + clients)[0];
        double withGarbage = server.residentBytes() - before;
        server.collect();
        double bytes = server.residentBytes() - before;
        return List.of(
                new Sample(name, server.system(), clients / nanos * NANOS, "connections/s"),
                new Sample(name + ", memory", server.system(), bytes / clients, "bytes/connection"),
                new Sample(name + ", memory at once", server.system(), withGarbage / clients, "bytes/connection"));
    }

    @Override
    public void close() {
        load.destroy();
        load.onExit().join(); // else the clients say that the server closed their connections
        server.close();
    }
}
