package dev.signalbox.cluster.nats;

import dev.signalbox.router.ClusterLink;
import dev.signalbox.router.TopicHistory;

/**
 * Links over NATS: a subject for each channel. Needs a server 2.2 or newer, with its default {@code max_payload} of 1 MiB.
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
        return ClusterLink.over(new NatsDriver(options, NatsBounds.DEFAULT));
    }

    /**
     * The history of topics in JetStream, of a server 2.9 or newer: one stream for the cluster, {@code PREFIX_history} with dots as underscores, and in it a
     * subject {@code PREFIX.history.TOPIC} for each topic. The stream is made if it is missing; one that is there, such as with replicas, is used as it
     * is, but for its {@code max_age}, which is raised to a day above the longest that a topic keeps. It connects at once, with a connection of its own, and goes on
     * trying for ever.
     *
     * <p>A topic keeps 1,024 entries or 4 MiB at least, whatever its policy is, so that repetitions are known.
     *
     * <p>The user must be allowed to publish to {@code PREFIX.*}, {@code PREFIX.history.*}, {@code $JS.API.STREAM.*.PREFIX_history}, {@code
     * $JS.API.STREAM.MSG.GET.PREFIX_history}, {@code $JS.API.CONSUMER.CREATE.PREFIX_history.>}, {@code $JS.API.CONSUMER.MSG.NEXT.PREFIX_history.*} and {@code
     * $JS.API.CONSUMER.DELETE.PREFIX_history.*}, and to subscribe to {@code PREFIX.*} and {@code _INBOX.>}.
     */
    public static TopicHistory history(NatsLinkOptions options) {
        return NatsHistory.start(options, NatsBounds.DEFAULT);
    }
}
