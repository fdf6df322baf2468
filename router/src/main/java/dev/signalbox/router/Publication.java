package dev.signalbox.router;

/**
 * A message in a topic, or in what a pattern gathers.
 *
 * @param offset its place, counted from 1 without holes; 0 for a volatile one, which has none and is not kept
 * @param at when it was published, in milliseconds since 1970
 * @param topic the name of the topic that it was published to
 */
public record Publication(long offset, long at, Message message, String topic) {
    private static final long NO_PLACE = 0;

    static Publication ofVolatile(long at, Message message, String topic) {
        return new Publication(NO_PLACE, at, message, topic);
    }

    /** Whether it is for those who subscribe now, and is not kept. */
    public boolean isVolatile() {
        return offset == NO_PLACE;
    }
}
