package dev.signalbox.server.suppression;

import static java.util.Objects.requireNonNull;

import dev.signalbox.delivery.suppression.Suppression;
import dev.signalbox.delivery.suppression.Suppression.Reason;
import dev.signalbox.server.configuration.Kind;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;

/** Counts attempts that were not made, for Prometheus. Thread-safe. */
final class SuppressionMetrics {
    private final Map<Reason, Counter> refused = new EnumMap<>(Reason.class);

    SuppressionMetrics(MeterRegistry registry) {
        for (Reason reason : Reason.values()) {
            refused.put(
                    reason,
                    Counter.builder("signalbox.suppression.refused")
                            .tag("reason", Kind.written(reason))
                            .description("Attempts that were not made, because the address is suppressed")
                            .register(registry));
        }
    }

    void refused(Suppression holding) {
        requireNonNull(refused.get(holding.reason())).increment();
    }
}
