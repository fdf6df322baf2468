package dev.signalbox.delivery.webhook;

import dev.signalbox.delivery.queue.Delivery;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * One attempt: what is posted where, and signed by whom.
 *
 * @param id the header {@code webhook-id}: the same on each attempt, without dots, so that receivers know a repeat
 * @param traceparent the header of W3C Trace Context
 * @param remaining how long the attempt may take
 * @param mayBegin asked just before the first byte
 */
record WebhookCall(
        URI url,
        List<WebhookKey> keys,
        String id,
        String contentType,
        String body,
        Optional<String> traceparent,
        Duration remaining,
        BooleanSupplier mayBegin) {

    static WebhookCall of(Delivery delivery, URI url, List<WebhookKey> keys) {
        return new WebhookCall(
                url,
                keys,
                delivery.idempotencyKey().replace('.', '-'),
                contentType(delivery),
                delivery.body(),
                delivery.traceparent(),
                delivery.remaining(),
                delivery::mayBegin);
    }

    /** A call with JSON for an endpoint, outside the queue. */
    static WebhookCall json(WebhookEndpoint endpoint, String id, String body, Duration remaining, Instant now) {
        return new WebhookCall(
                endpoint.url(),
                signing(endpoint, now),
                id,
                "application/json",
                body,
                Optional.empty(),
                remaining,
                () -> true);
    }

    /** The keys that sign now, the newest first. */
    static List<WebhookKey> signing(WebhookEndpoint endpoint, Instant now) {
        return endpoint.keys().stream()
                .filter(key -> key.until().isEmpty() || key.until().get().isAfter(now))
                .map(WebhookEndpoint.Key::key)
                .toList();
    }

    /** The message's own, or else that of what its body looks like. */
    private static String contentType(Delivery delivery) {
        String start = delivery.body().stripLeading();
        boolean json = start.startsWith("{") || start.startsWith("[");
        return delivery.header("content-type").orElse(json ? "application/json" : "text/plain; charset=utf-8");
    }

    /** The body as it is posted and signed. */
    byte[] bytes() {
        return body.getBytes(StandardCharsets.UTF_8);
    }

    /** The header {@code webhook-signature}: one by each key, with spaces in between. */
    String signatures(long timestamp, byte[] bytes) {
        return keys.stream().map(key -> key.sign(id, timestamp, bytes)).collect(Collectors.joining(" "));
    }
}
