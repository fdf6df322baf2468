package dev.signalbox.session.bus;

import java.time.Duration;

/**
 * Watches a bus, for metrics. Called on the threads that do the work: be quick, do not block, leave the bus itself
 * alone, be thread-safe. What it throws
 * is logged and otherwise ignored.
 */
public interface BusListener {
    /** Watches nothing. */
    BusListener NONE = new BusListener() {};

    /** So many events were appended in one batch. */
    default void sent(int events, Duration took) {}

    /** A batch could not be written: it is tried again, unless {@code given up}. */
    default void sendFailed(int events, boolean givenUp, Throwable cause) {}

    /** A subscriber was told of an event that was appended so long ago: the lag, if it follows live. */
    default void delivered(Duration age) {}

    default void subscribed() {}

    default void unsubscribed() {}

    /** A subscriber's buffer was full; it reads from the store until it has caught up. */
    default void fellBehind(String session) {}

    default void gap(Gap gap) {}

    /** All subscribed sessions were looked at; so many had events that this node had not been told of. */
    default void swept(int sessions, int found) {}

    default void trimmed(long events) {}

    /** Whether this node hears of what others append, or has to look. */
    default void tail(boolean up) {}

    /** The store could not be read for a subscription, or refused to be. */
    default void readFailed(Throwable cause) {}

    /** Something got better or worse, as {@link SessionBus#health} tells. */
    default void health(BusHealth health) {}

    /** A group handed out an event. */
    default void claimed(int attempt) {}

    /** Late acknowledgements were refused. */
    default void fenced(int events) {}

    /** A group gave up on so many events. */
    default void deadLettered(int events) {}
}
