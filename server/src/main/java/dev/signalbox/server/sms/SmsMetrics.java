package dev.signalbox.server.sms;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts what providers tell, for Prometheus. Thread-safe. */
final class SmsMetrics {
    private final Counter reports;
    private final Counter texts;
    private final Counter refused;

    SmsMetrics(MeterRegistry registry) {
        reports = counter(registry, "report");
        texts = counter(registry, "text");
        refused = counter(registry, "refused");
    }

    private static Counter counter(MeterRegistry registry, String kind) {
        return Counter.builder("signalbox.sms.callbacks")
                .tag("kind", kind)
                .description("Callbacks of the SMS provider: reports, texts of people, and refused ones")
                .register(registry);
    }

    void reported() {
        reports.increment();
    }

    void written() {
        texts.increment();
    }

    void refused() {
        refused.increment();
    }
}
