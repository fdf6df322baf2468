package dev.signalbox.endpoint.netty;

/**
 * Told of connections that go wrong before a router can see them, for metrics. Called on event loops: be quick, do not block, be
 * thread-safe, throw nothing.
 */
@FunctionalInterface
public interface ConnectionListener {
    /** Watches nothing. */
    ConnectionListener NONE = fault -> {};

    /** What went wrong. */
    enum Fault {
        /** Refused: the endpoint is at its limit of connections. */
        TOO_MANY,
        /** Refused: the address is at its limit of connections. */
        TOO_MANY_FROM_ADDRESS,
        /** A trusted proxy did not begin with a PROXY header as it should. */
        PROXY_HEADER,
        /** There was no complete upgrade in time. */
        HANDSHAKE_TIMEOUT,
        /** The request was not an upgrade that can be granted. */
        HANDSHAKE_REFUSED,
        /** What came was not TLS, or broke it. */
        TLS,
        /** The client broke the protocol of its transport. */
        PROTOCOL,
        /** The connection broke in the middle of a message. */
        BROKEN
    }

    void failed(Fault fault);
}
