package dev.signalbox.testing.simulator;

import dev.signalbox.testing.simulator.Behaviour.Fault;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@link Behaviour} as {@code /behaviour} shows and takes it. What is absent stays as it is. */
record BehaviourChange(
        @Nullable Long minLatencyMillis,
        @Nullable Long maxLatencyMillis,
        @Nullable Map<Fault, Double> faults,
        @Nullable Long retryAfterSeconds,
        @Nullable Set<String> refused,
        @Nullable Long seed) {

    static BehaviourChange of(Behaviour behaviour) {
        return new BehaviourChange(
                behaviour.minLatency().toMillis(),
                behaviour.maxLatency().toMillis(),
                behaviour.faults(),
                behaviour.retryAfter().toSeconds(),
                behaviour.refused(),
                behaviour.seed());
    }

    Behaviour applyTo(Behaviour old) {
        var min = minLatencyMillis == null ? old.minLatency() : Duration.ofMillis(minLatencyMillis);
        return new Behaviour(
                min,
                maxLatencyMillis == null ? longer(min, old.maxLatency()) : Duration.ofMillis(maxLatencyMillis),
                faults == null ? old.faults() : faults,
                retryAfterSeconds == null ? old.retryAfter() : Duration.ofSeconds(retryAfterSeconds),
                refused == null ? old.refused() : refused,
                seed == null ? old.seed() : seed);
    }

    private static Duration longer(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }
}
