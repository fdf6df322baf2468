package dev.signalbox.router;

import java.net.URI;

/**
 * Accepts clients over one transport. A router starts and closes the endpoints it is given; one belongs to one router.
 *
 * <p>An endpoint authenticates a client, announces it with {@link ClientGateway#connect}, passes on what the client sends
 * through the {@link ClientSession}, and says {@link ClientSession#disconnected} exactly once at its end.
 *
 * <p>What goes to many comes over {@link Topic}s: an endpoint attaches a {@link Shard} for each of its event loops, to
 * {@link ClientGateway#everyone} when it starts, and to others while a client of the loop subscribes to them. So the cost for the
 * sender does not grow with the number of receivers.
 */
public interface Endpoint extends AutoCloseable {

    /** Opens the port. @throws EndpointException naming the address and the mend, if it cannot */
    void start(ClientGateway gateway);

    /** Where clients reach it, with the real port if 0 was asked for. @throws IllegalStateException before the start */
    URI address();

    /** Refuses new clients from now on; those that are connected stay. Idempotent. */
    void stopAccepting();

    /** Closes the connections as {@link CloseReason#RESTARTING}, then the port. Idempotent. */
    @Override
    void close();
}
