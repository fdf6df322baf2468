package dev.signalbox.router;

import java.time.Duration;

/**
 * Watches a router, for metrics and logs. Called on the threads that do the work: be quick, do not block, be thread-safe.
 * What it throws is logged and otherwise ignored.
 */
public interface RouterListener {

    /** Watches nothing. */
    RouterListener NONE = new RouterListener() {};

    default void connected(ClientInfo client) {}

    default void disconnected(ClientInfo client, CloseReason reason) {}

    /** A client sent a message; before any middleware. */
    default void received(Message message) {}

    /** A message was taken over for {@code clients} clients: in a broadcast, all that were connected. */
    default void sent(Message message, int clients) {}

    /** A message, or one of its targets, failed and its sender was told. */
    default void failed(Message message, RouteError error) {}

    /** A logic finished a message. */
    default void handled(String logic, Message message, Duration took) {}

    /** A logic threw an exception, or middleware did; then {@code logic} is {@code middleware}. */
    default void logicFailed(String logic, Throwable failure) {}

    /** An acknowledged message was handed to a connection for the {@code attempt}th time, counted from 1. */
    default void ackRequested(Message message, int attempt) {}

    /** An acknowledged message ended. */
    default void ackEnded(Message message, AckResult result) {}
}
