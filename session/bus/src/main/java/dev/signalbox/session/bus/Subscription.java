package dev.signalbox.session.bus;

/** What a subscriber holds on to. Thread-safe. */
public interface Subscription extends AutoCloseable {
    String session();

    /** The offset of the last event that was told, to resume after; 0 if there was none and it began at the beginning. */
    long offset();

    /** Ends it. Returns at once; a call that is under way finishes. Idempotent. */
    @Override
    void close();
}
