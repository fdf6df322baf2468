package dev.signalbox.server.deliverycache;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts what became of entries. Thread-safe. */
final class DeliveryCacheMetrics {
    private final Counter stored;
    private final Counter lost;

    DeliveryCacheMetrics(MeterRegistry registry) {
        stored = counter(registry, "stored");
        lost = counter(registry, "lost");
    }

    private static Counter counter(MeterRegistry registry, String outcome) {
        return Counter.builder("signalbox.delivery.cache.entries")
                .description("Deliveries that Redis took, or that it did not while it was away or too slow")
                .tag("outcome", outcome)
                .register(registry);
    }

    void stored(int count) {
        stored.increment(count);
    }

    void lost(int count) {
        lost.increment(count);
    }
}
