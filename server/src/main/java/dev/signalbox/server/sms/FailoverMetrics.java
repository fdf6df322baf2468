package dev.signalbox.server.sms;

import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.sms.FailoverSender;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;

/** Counts what each provider of several does, for Prometheus. Thread-safe. */
final class FailoverMetrics implements FailoverSender.Listener {
    private final MeterRegistry registry;

    FailoverMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    /** Shows which of the providers are passed over. */
    void watch(FailoverSender sender, List<FailoverSender.Provider> providers) {
        for (FailoverSender.Provider provider : providers) {
            Gauge.builder(
                            "signalbox.sms.passed.over",
                            sender,
                            group -> group.passedOver().contains(provider.name()) ? 1 : 0)
                    .tag("provider", provider.name())
                    .description("1 while the SMS provider is passed over, since it failed again and again")
                    .register(registry);
        }
    }

    @Override
    public void asked(String provider, SendResult result) {
        registry.counter("signalbox.sms.attempts", "provider", provider, "result", word(result))
                .increment();
    }

    @Override
    public void passedOn(String from, String to) {
        registry.counter("signalbox.sms.failovers", "from", from, "to", to).increment();
    }

    private static String word(SendResult result) {
        return switch (result) {
            case SendResult.Accepted _ -> "accepted";
            case SendResult.NotSent _ -> "not-sent";
            case SendResult.Rejected _ -> "rejected";
            case SendResult.Unknown _ -> "unknown";
        };
    }
}
