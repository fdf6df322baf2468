package dev.signalbox.server.webhook;

import static java.util.Objects.requireNonNull;

import dev.signalbox.delivery.webhook.WebhookEndpoint;
import dev.signalbox.delivery.webhook.WebhookListener;
import dev.signalbox.server.configuration.Kind;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;

/** Counts what happens to endpoints, for Prometheus. What attempts do is counted by the queue, for every channel. Thread-safe. */
final class WebhookMetrics implements WebhookListener {
    private final Map<WebhookEndpoint.Cause, Counter> disabled = new EnumMap<>(WebhookEndpoint.Cause.class);
    private final Counter refused;

    WebhookMetrics(MeterRegistry registry) {
        for (WebhookEndpoint.Cause cause : WebhookEndpoint.Cause.values()) {
            disabled.put(
                    cause,
                    Counter.builder("signalbox.webhook.endpoints.disabled")
                            .tag("cause", Kind.written(cause))
                            .description("Endpoints that this node has disabled")
                            .register(registry));
        }
        refused = Counter.builder("signalbox.webhook.refused")
                .description("Attempts that were not made, because the URL leads nowhere or where webhooks may not go")
                .register(registry);
    }

    @Override
    public void disabled(WebhookEndpoint endpoint, WebhookEndpoint.Cause cause, String reason) {
        requireNonNull(disabled.get(cause)).increment();
    }

    @Override
    public void refused(String address, String reason) {
        refused.increment();
    }
}
