package dev.signalbox.delivery.sms;

/** A request is not the provider's: its signature is missing or wrong, or it is too old. */
public final class SmsCallbackException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SmsCallbackException(String message) {
        super(message);
    }
}
