package dev.signalbox.session.bus;

import java.util.Optional;

/**
 * Is told of a session's events: one call at a time, in order, each event once, on a virtual thread of its own, so it may block.
 * While it is slow, what it has not seen waits in the store.
 *
 * <p>What a method throws ends the subscription, since going on would skip an event in silence.
 */
@FunctionalInterface
public interface Subscriber<T> {
    void onEvent(Event<T> event) throws Exception;

    /**
     * The beginning is fixed: no event after it will be missed, from any sender. Comes before all events, once.
     *
     * @param position what to resume with if no event comes; {@link EventId#NONE} for the beginning
     */
    default void onStarted(EventId position) {}

    /** Events are gone for good; it goes on with {@link Gap#next}. Nothing is skipped without this. */
    default void onGap(Gap gap) {}

    /**
     * Stored bytes that the codec cannot read. By default, this ends the subscription; return to skip the event.
     *
     * @param failure says which event
     */
    default void onUnreadable(String session, long offset, SessionCodecException failure) {
        throw failure;
    }

    /**
     * The store refuses to read the session, for want of a permission for instance. By default, this ends the subscription; return
     * to have it tried again, with pauses of up to a second. A store that cannot be reached is waited for without this.
     */
    default void onRefused(SessionBusException failure) {
        throw failure;
    }

    /** Nothing will follow: it was closed, or the bus was, or {@code failure} ended it, such as what the subscriber threw. */
    default void onEnded(Optional<Throwable> failure) {}
}
