package dev.signalbox.router;

import java.time.Duration;
import java.util.UUID;

/**
 * Watches a router, for metrics and logs. Called on the threads that do the work: be quick, do not block, be thread-safe.
 * What it throws, errors included, is logged and otherwise ignored.
 *
 * <p>{@link #connected} and {@link #disconnected} of one user come one at a time and in the order of what happened, exactly one
 * of each for a session: who counts them up and down knows who is there.
 */
public interface RouterListener {

    /** Watches nothing. */
    RouterListener NONE = new RouterListener() {};

    default void connected(SessionInfo session) {}

    /** A session ended, or went to another node of the cluster, for {@link CloseReason#RESUMED}. */
    default void disconnected(SessionInfo session, CloseReason reason) {}

    /**
     * A session of any node ended, or its node did: what is done for it here, and for no other session of its user, can end. One that goes to another
     * node has not ended. At least once for each session that other nodes told of, after {@link #disconnected} where it was on this node.
     */
    default void ended(Address.Session session) {}

    /** A client sent a message; before any middleware. */
    default void received(Message message) {}

    /** A message was taken over for {@code clients} clients: in a broadcast, all that were connected. */
    default void sent(Message message, int clients) {}

    /** A message, or one of its targets, failed and its sender was told. */
    default void failed(Message message, RouteError error) {}

    /** A message that another node was to deliver, or one of its targets, failed after all; its sender was told. */
    default void refused(UUID message, RouteError error) {}

    /** A logic finished a message. */
    default void handled(String logic, Message message, Duration took) {}

    /** A logic threw an exception, or middleware did; then {@code logic} is {@code middleware}. */
    default void logicFailed(String logic, Throwable failure) {}

    /** An acknowledged message was handed to a connection for the {@code attempt}th time, counted from 1. */
    default void ackRequested(Message message, int attempt) {}

    /** An acknowledged message ended. */
    default void ackEnded(Message message, AckResult result) {}
}
