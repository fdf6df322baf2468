package dev.signalbox.maintenance.control;

/** A listener's place among the listeners. */
public interface Subscription extends AutoCloseable {
    /** How many events were dropped because the listener was too slow. */
    long dropped();

    /** Ends it; an event that is being handled ends by itself. Idempotent. */
    @Override
    void close();
}
