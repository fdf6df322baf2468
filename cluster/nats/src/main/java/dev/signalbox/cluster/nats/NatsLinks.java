package dev.signalbox.cluster.nats;

import dev.signalbox.router.ClusterLink;

/**
 * Links over NATS without JetStream: a subject for each channel. Needs a server 2.2 or newer, with its default {@code max_payload} of 1 MiB.
 *
 * <p>A link has one connection at a time, and makes a new one whenever the server ends it, falls silent or becomes a lame duck; jnats'
 * own way of reconnecting is off, for it sends later what could not be sent, and notices a frozen server after minutes. Servers
 * that the first ones name are tried, too.
 *
 * <p>The server must let the user publish and subscribe to {@code PREFIX.*}. One that is refused that is told as down, with the reason.
 */
public final class NatsLinks {
    private NatsLinks() {}

    /** A link that is not started yet. */
    public static ClusterLink create(NatsLinkOptions options) {
        return new NatsLink(options);
    }
}
