package dev.signalbox.benchmarks;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.signalbox.benchmarks.Benchmark.Ratio;
import dev.signalbox.benchmarks.Benchmark.Sample;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A figure over all runs.
 *
 * @param value the median
 */
record Result(
        @JsonProperty("case") String name, String system, double value, String unit, int runs, double min, double max) {
    private static final String OURS = "signalbox";

    private record Key(String name, String system, String unit) {}

    /** In the order in which they were measured first. */
    static List<Result> of(List<Sample> samples) {
        Map<Key, List<Double>> values = new LinkedHashMap<>();
        for (Sample sample : samples) {
            values.computeIfAbsent(new Key(sample.name(), sample.system(), sample.unit()), key -> new ArrayList<>())
                    .add(sample.value());
        }
        return values.entrySet().stream()
                .map(entry ->
                        of(entry.getKey(), entry.getValue().stream().sorted().toList()))
                .toList();
    }

    private static Result of(Key key, List<Double> sorted) {
        double middle = (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
        return new Result(
                key.name(), key.system(), middle, key.unit(), sorted.size(), sorted.getFirst(), sorted.getLast());
    }

    /** How many times better ours is than each rival's, where both measured the same: more than 1 speaks for us. */
    static List<Ratio> ratios(List<Result> results) {
        List<Ratio> ratios = new ArrayList<>();
        for (Result ours : results) {
            for (Result rival : results) {
                if (ours.isOurs() && !rival.isOurs() && ours.isComparableWith(rival)) {
                    ratios.add(new Ratio(ours.name(), rival.system(), ours.betterThan(rival)));
                }
            }
        }
        return ratios;
    }

    private double betterThan(Result other) {
        return isMoreBetter() ? value / other.value : other.value / value;
    }

    /** Rates and shares ought to be high; times, sizes and losses low. */
    private boolean isMoreBetter() {
        return unit.endsWith("/s") || unit.startsWith("%");
    }

    private boolean isOurs() {
        return system.startsWith(OURS);
    }

    private boolean isComparableWith(Result other) {
        return name.equals(other.name) && unit.equals(other.unit) && value > 0 && other.value > 0;
    }
}
