package dev.signalbox.delivery.webhook;

/** A request that is not to be believed. The message says why, for a log; it holds no secret. */
public final class WebhookVerificationException extends Exception {
    private static final long serialVersionUID = 1L;

    WebhookVerificationException(String message) {
        super(message);
    }
}
