package dev.signalbox.benchmarks;

import dev.signalbox.benchmarks.Benchmark.Sample;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** A server and its clients, each in a process of its own. */
record LoadedServer(RivalServer server, LoadProcess load) implements AutoCloseable {
    private static final double NANOS = 1e9;
    private static final double NANOS_PER_MICRO = 1e3;
    private static final double NANOS_PER_MILLI = 1e6;

    /**
     * Has the clients do something for a while and count it, as the first number of their answer; the second is how many nanoseconds it took.
     *
     * @param unit what is counted, such as {@code request}
     */
    List<Sample> counted(String name, String unit, String order, Duration duration) throws IOException {
        return counted(name, unit, order, duration, new long[2]);
    }

    /** As {@link #counted}, of an answer that has the median and the 99th percentile of a time in nanoseconds behind it. */
    List<Sample> timed(String name, String unit, String order, Duration duration) throws IOException {
        long[] answer = new long[4];
        List<Sample> counted = counted(name, unit, order, duration, answer);
        return List.of(
                counted.get(0),
                counted.get(1),
                new Sample(name + ", p50", server.system(), answer[2] / NANOS_PER_MILLI, "ms"),
                new Sample(name + ", p99", server.system(), answer[3] / NANOS_PER_MILLI, "ms"));
    }

    private List<Sample> counted(String name, String unit, String order, Duration duration, long[] answer)
            throws IOException {
        Duration before = server.cpu();
        long[] given = load.order(order + " " + duration.toNanos());
        double cpu = server.cpu().minus(before).toNanos();
        System.arraycopy(given, 0, answer, 0, answer.length);
        String plural = unit.equals("delivery") ? "deliveries/s" : unit + "s/s";
        return List.of(
                new Sample(name, server.system(), given[0] / (double) given[1] * NANOS, plural),
                new Sample(name, server.system(), cpu / given[0] / NANOS_PER_MICRO, "server CPU µs/" + unit));
    }

    @Override
    public void close() {
        load.close();
        server.close();
    }
}
