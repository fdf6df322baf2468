package dev.signalbox.client;

/**
 * Messages of a topic that a subscriber does not get: from offset {@code expected} to the one before {@code next}.
 *
 * @param expected 0 with {@link Reason#NEW_EPOCH}
 * @param next 0 with {@link Reason#NEW_EPOCH}
 */
public record Gap(String topic, long expected, long next, Reason reason) {

    /** Why they do not come. */
    public enum Reason {
        /** The topic does not keep them any more. */
        LOST,
        /** A newer message of the same key follows. */
        CONFLATED,
        /** The topic has begun a new life, and how many were lost is not known. */
        NEW_EPOCH
    }
}
