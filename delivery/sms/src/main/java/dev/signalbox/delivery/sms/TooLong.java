package dev.signalbox.delivery.sms;

/** What becomes of a message over the {@link SmsLimit}. */
public enum TooLong {
    /** It is rejected. */
    REJECT,
    /**
     * It is sent as several messages, each within the limit, in order. If not all of them are accepted, the outcome of the
     * whole is unknown; with a provider that recognises keys, a retry sends only those that are missing.
     */
    SPLIT,
    /** Its begin is sent, with three dots after it. */
    TRUNCATE
}
