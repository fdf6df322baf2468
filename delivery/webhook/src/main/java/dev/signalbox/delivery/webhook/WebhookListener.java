package dev.signalbox.delivery.webhook;

/** Hears what happens to endpoints. Called on the threads that send, which wait for it; what it throws is logged. */
public interface WebhookListener {
    /** This node has disabled an endpoint, because it answered 410 or failed for too long. */
    default void disabled(WebhookEndpoint endpoint, WebhookEndpoint.Cause cause, String reason) {}

    /** A URL that is no endpoint answered 410: its owner wants nothing there any more. */
    default void gone(String url, String reason) {}

    /** An attempt was not made, because the URL leads where webhooks may not go, or nowhere. */
    default void refused(String address, String reason) {}
}
