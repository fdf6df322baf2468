package dev.signalbox.benchmarks;

import dev.signalbox.benchmarks.Benchmark.Sample;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Times of one run, told as samples. For one thread. */
final class Percentiles {
    private static final double NANOS_PER_MILLI = 1_000_000.0;

    private final List<Long> nanos = new ArrayList<>();

    void add(long took) {
        nanos.add(took);
    }

    int count() {
        return nanos.size();
    }

    /** The median and the 99th percentile, in milliseconds. @throws IllegalStateException if nothing was measured */
    List<Sample> samples(String name, String system) {
        if (nanos.isEmpty()) {
            throw new IllegalStateException(name + " of " + system + ": nothing was measured; give it more --seconds");
        }
        Collections.sort(nanos);
        return List.of(
                new Sample(name + ", p50", system, at(0.50), "ms"), new Sample(name + ", p99", system, at(0.99), "ms"));
    }

    private double at(double part) {
        return nanos.get((int) Math.ceil(part * (nanos.size() - 1))) / NANOS_PER_MILLI;
    }
}
