package dev.signalbox.router;

import java.util.UUID;

/** The way to one connected client, made by an {@link Endpoint}. Thread-safe; nothing here blocks. */
public interface Connection {

    /**
     * Takes a message over to be written, in the order of the calls of one thread. False if that would exceed the bound
     * of what may wait for this client, or if the connection is closed. After a refusal, the endpoint calls
     * {@link ClientSession#writable} once there is room again.
     */
    boolean offer(Message message);

    /**
     * Tells the client that a message of its did not reach a target on another node, after {@link ClientSession#send} had taken it: by the
     * message's id. An endpoint whose protocol cannot say it leaves it out.
     */
    default void refused(UUID message, RouteError error) {}

    /**
     * The server wishes the session to subscribe to a topic. The endpoint calls {@link ClientSession#join} in turn with what the client does, and
     * tells the client. False if it will not; an endpoint whose protocol cannot say it does nothing of that.
     */
    default boolean subscribe(String topic) {
        return false;
    }

    /** As {@link #subscribe}, for the end of a subscription: the endpoint calls {@link ClientSession#unsubscribe}. */
    default boolean unsubscribe(String topic) {
        return false;
    }

    /** Begins to close it, after what was offered before. The first reason counts; repeating is harmless. */
    void close(CloseReason reason);

    /** Where the client connected from, for people. */
    String remoteAddress();
}
