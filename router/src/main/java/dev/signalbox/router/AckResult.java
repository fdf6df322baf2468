package dev.signalbox.router;

/** How an acknowledged message ended. */
public sealed interface AckResult {

    /** The client has it, and said so. */
    record Acked() implements AckResult {}

    /**
     * The time was up.
     *
     * @param sent true if it was handed to a connection and stayed unacknowledged, so the client may or may not have seen
     *     it; false if it certainly did not, because it was never connected
     */
    record Expired(boolean sent) implements AckResult {}

    /** Middleware, a limit, or the client itself refused it. */
    record Rejected(RouteError error) implements AckResult {}

    /** The router was closed first; {@code sent} as in {@link Expired}. */
    record Closed(boolean sent) implements AckResult {}
}
