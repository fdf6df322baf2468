package dev.signalbox.server.webhook;

import dev.signalbox.delivery.webhook.WebhookEndpoint;
import dev.signalbox.delivery.webhook.WebhookKey;
import dev.signalbox.server.configuration.Kind;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** An endpoint as REST shows it: without any secret, but where it was just made. */
record EndpointView(
        String id,
        String url,
        String description,
        Instant createdAt,
        boolean enabled,
        Optional<DisabledView> disabled,
        List<KeyView> keys,
        int failures,
        Optional<Instant> failingSince,
        Optional<FailureView> lastFailure,
        Optional<Instant> lastSuccessAt,
        Optional<String> secret,
        Optional<String> verifier) {

    record DisabledView(Instant since, String cause, String reason) {}

    /** @param publicKey what verifies signatures by this key, if that is no secret */
    record KeyView(String kind, Instant createdAt, Optional<Instant> until, Optional<String> publicKey) {}

    record FailureView(Instant at, String reason) {}

    static EndpointView of(WebhookEndpoint endpoint) {
        return of(endpoint, Optional.empty());
    }

    /** With the secret of its newest key, for the one who had it made. */
    static EndpointView withSecret(WebhookEndpoint endpoint) {
        return of(endpoint, Optional.of(endpoint.keys().getFirst().key()));
    }

    private static EndpointView of(WebhookEndpoint endpoint, Optional<WebhookKey> shown) {
        var standing = endpoint.standing();
        return new EndpointView(
                endpoint.id(),
                endpoint.url().toString(),
                endpoint.description(),
                endpoint.createdAt(),
                endpoint.enabled(),
                endpoint.disabled().map(why -> new DisabledView(why.since(), Kind.written(why.cause()), why.reason())),
                endpoint.keys().stream().map(EndpointView::key).toList(),
                standing.failures(),
                standing.failingSince(),
                standing.lastFailure().map(failure -> new FailureView(failure.at(), failure.reason())),
                standing.lastSuccess(),
                shown.map(WebhookKey::secret),
                shown.map(WebhookKey::verifier));
    }

    private static KeyView key(WebhookEndpoint.Key key) {
        boolean open = key.key().kind() == WebhookKey.Kind.ED25519;
        return new KeyView(
                Kind.written(key.key().kind()),
                key.createdAt(),
                key.until(),
                Optional.of(key.key().verifier()).filter(text -> open));
    }
}
