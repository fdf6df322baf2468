package dev.signalbox.delivery.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.webhook.WebhookEndpoint.Cause;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of an endpoint by attempts that were under way together. */
class EndpointWatchTest {
    private final List<String> told = new ArrayList<>();

    @Test
    void ofSeveralAttemptsThatEndAnEndpointOneIsTold(@TempDir Path folder) {
        try (Database database = Database.open(DatabaseConfig.of("sqlite:" + folder.resolve("endpoints.db")))) {
            WebhookEndpoints endpoints = WebhookEndpoints.on(database);
            WebhookEndpoint endpoint = endpoints
                    .create(new WebhookEndpoints.Draft(
                            "orders",
                            URI.create("https://example.org/hook"),
                            "",
                            WebhookKey.generate(WebhookKey.Kind.SYMMETRIC)))
                    .orElseThrow();
            EndpointWatch watch = new EndpointWatch(endpoints, Duration.ZERO, listener(), InstantSource.system());

            watch.attempted(endpoint, new SendResult.Rejected("the receiver answered 410"));
            watch.attempted(endpoint, new SendResult.Rejected("the receiver answered 410 again"));
        }
        assertThat(told).containsExactly("orders GONE the receiver answered 410");
    }

    private WebhookListener listener() {
        return new WebhookListener() {
            @Override
            public void disabled(WebhookEndpoint endpoint, Cause cause, String reason) {
                told.add(endpoint.id() + " " + cause + " " + reason);
            }
        };
    }
}
