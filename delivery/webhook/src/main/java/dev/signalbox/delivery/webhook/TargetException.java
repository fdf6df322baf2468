package dev.signalbox.delivery.webhook;

/** A URL leads nowhere that webhooks may go. The message ends the sentence "the URL …". */
final class TargetException extends Exception {
    private static final long serialVersionUID = 1L;

    TargetException(String message) {
        super(message);
    }
}
