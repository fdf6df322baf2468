package dev.signalbox.delivery.queue;

import java.time.Duration;

/**
 * Is told what a dispatcher does, for metrics. Called on the dispatcher's own threads: be quick and do not throw (what is
 * thrown, an Error included, is logged and otherwise ignored). All methods do nothing unless overridden.
 */
public interface DispatcherListener {

    /** A node took so many out of a channel's queue. */
    default void claimed(Channel channel, int count) {}

    /** A sender answered. */
    default void attempted(Delivery delivery, SendResult result, Duration took) {}

    /**
     * A sender accepted it.
     *
     * @param sinceAccepted the time from its enqueuing until now, that of waiting and of earlier attempts included
     */
    default void sent(Delivery delivery, Duration sinceAccepted) {}

    /** An attempt, or what prevented it, is on record; the reach has this state from now on. */
    default void completed(Channel channel, MessageState state) {}

    /** So many outcomes were refused, since their lease had gone to another node, which will record its own. */
    default void stale(Channel channel, int count) {}

    /** So many were taken from nodes that stopped. */
    default void rescued(int count) {}

    /** So many rows of the database could not be read as messages. They ended as {@link MessageState#DEAD}, with the reason. */
    default void quarantined(Channel channel, int count) {}

    /** So many messages were removed, since their {@link Retention} was over. */
    default void removed(int count) {}

    /** The dispatcher itself has trouble, most often with its database. */
    default void failed(Throwable problem) {}
}
