package dev.signalbox.session.bus;

/** What a subscriber holds on to. Thread-safe. */
public interface Subscription extends AutoCloseable {
    String session();

    /** The last event that was told, to resume after; {@link EventId#NONE} if there was none and it began at the beginning. */
    EventId position();

    /** Ends it. Returns at once; a call that is under way finishes. Idempotent. */
    @Override
    void close();
}
