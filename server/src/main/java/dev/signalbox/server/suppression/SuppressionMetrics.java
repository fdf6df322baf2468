package dev.signalbox.server.suppression;

import static java.util.Objects.requireNonNull;

import dev.signalbox.delivery.suppression.Refusal;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.stream.Collectors;

/** Counts attempts that were not made, for Prometheus. Thread-safe. */
final class SuppressionMetrics {
    private final Map<String, Counter> refused;

    SuppressionMetrics(MeterRegistry registry) {
        refused = Refusal.causes().stream()
                .collect(Collectors.toUnmodifiableMap(
                        cause -> cause,
                        cause -> Counter.builder("signalbox.suppression.refused")
                                .tag("reason", cause)
                                .description("Attempts that were not made: suppressed, not wanted, or without consent")
                                .register(registry)));
    }

    void refused(Refusal refusal) {
        requireNonNull(refused.get(refusal.cause())).increment();
    }
}
