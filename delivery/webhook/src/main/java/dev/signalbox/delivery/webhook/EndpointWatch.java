package dev.signalbox.delivery.webhook;

import dev.signalbox.database.DatabaseException;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.webhook.WebhookEndpoint.Cause;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps record of how endpoints fare, and disables those that are gone: at once after 410, and after a time in which every
 * attempt failed. Of several nodes one disables it, and tells. A failure of the database changes nothing about the attempt.
 */
final class EndpointWatch {
    /** So that one that gets a webhook a week is not disabled for the second failure. */
    static final int LEAST_FAILURES = 5;

    private static final Logger LOG = LoggerFactory.getLogger(EndpointWatch.class);

    private final WebhookEndpoints endpoints;
    private final Duration disableAfter;
    private final WebhookListener listener;
    private final InstantSource clock;

    EndpointWatch(WebhookEndpoints endpoints, Duration disableAfter, WebhookListener listener, InstantSource clock) {
        this.endpoints = endpoints;
        this.disableAfter = disableAfter;
        this.listener = listener;
        this.clock = clock;
    }

    void attempted(WebhookEndpoint endpoint, SendResult result) {
        try {
            switch (result) {
                case SendResult.Accepted _ -> endpoints.succeeded(endpoint);
                case SendResult.Rejected rejected -> disable(endpoint, Cause.GONE, rejected.reason());
                case SendResult.NotSent notSent -> failed(endpoint.id(), notSent.reason());
                case SendResult.Unknown unknown -> failed(endpoint.id(), unknown.reason());
            }
        } catch (DatabaseException e) {
            LOG.warn("what became of an attempt is not on record of the endpoint {}", endpoint.id(), e);
        }
    }

    private void failed(String id, String reason) {
        endpoints.failed(id, reason).filter(this::isDead).ifPresent(dead -> {
            Instant since = dead.standing().failingSince().orElseThrow();
            disable(dead, Cause.FAILING, "every attempt since " + since + " failed, the last because " + reason);
        });
    }

    private boolean isDead(WebhookEndpoint endpoint) {
        return !disableAfter.isZero()
                && endpoint.enabled()
                && endpoint.standing().failures() >= LEAST_FAILURES
                && endpoint.standing()
                        .failingSince()
                        .filter(since -> !since.plus(disableAfter).isAfter(clock.instant()))
                        .isPresent();
    }

    private void disable(WebhookEndpoint endpoint, Cause cause, String reason) {
        if (!endpoints.disable(endpoint.id(), cause, reason)) {
            return;
        }
        LOG.warn("the webhook endpoint {} was disabled: {}", endpoint.id(), reason);
        try {
            listener.disabled(endpoint, cause, reason);
        } catch (RuntimeException e) {
            LOG.warn("the listener failed on the end of an endpoint", e);
        }
    }
}
