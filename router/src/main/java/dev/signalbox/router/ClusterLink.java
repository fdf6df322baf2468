package dev.signalbox.router;

import java.util.Locale;
import java.util.concurrent.CompletionStage;

/**
 * Carries bytes between the nodes of a cluster, over a broker such as Redis or NATS. It stores nothing and knows nothing of what it
 * carries: signatures, message ids and heartbeats are the router's affair. Thread-safe; nothing here blocks, except {@link #close}.
 *
 * <p>What is promised:
 *
 * <ul>
 *   <li>What one thread publishes to one channel arrives in that order at each link that subscribes to the channel, the
 *       sender's own included.
 *   <li>What was published with success is carried to each of them at most once. It may be lost, for no broker of this kind keeps it; then
 *       the subscribers that missed it are told {@link Listener#lost}. A publication that failed may have been carried, unless
 *       {@link ClusterLinkException#maybeSent()} is false.
 *   <li>A link that loses its broker, or whose broker falls silent for more than a few seconds, tells {@link Listener#down}, keeps
 *       trying for ever, subscribes again, and then tells {@link Listener#up}. Nothing published meanwhile is kept and sent later.
 * </ul>
 */
public interface ClusterLink extends AutoCloseable {
    /** Every link carries this many bytes in one publication at least. */
    int LEAST_MAX_BYTES = 64 << 10;

    /**
     * What is published to and subscribed to. A cluster has one for each node, a few hundred for topics, and one for all nodes.
     *
     * @param name 1 to 64 characters of {@code a-z 0-9 . -}; a link puts the prefix of its cluster before it
     */
    record Channel(String name) {
        public Channel {
            Strings.requireName("cluster channel", name, 64, ".-");
            if (!name.equals(name.toLowerCase(Locale.ROOT))) {
                throw new IllegalArgumentException("a cluster channel is in lower case, not: " + name);
            }
        }
    }

    /**
     * Is told what a link receives and what becomes of it: by one thread at a time, in the order of what happened. It must not block, nor
     * wait for anything that the link is to do. If it throws, that is logged and it is told of what comes next.
     */
    interface Listener {
        /** Somebody published to a channel that this link subscribes to. The array is the listener's own from now on. */
        void received(Channel channel, byte[] bytes);

        /** The broker is connected, and all subscriptions are in place: at the beginning, and after each {@link #down}. */
        void up();

        /**
         * The broker is not to be had; repeated if the reason changes.
         *
         * @param reason for people: what happened and where, without any secret
         */
        void down(String reason);

        /**
         * What others published to this channel may be missing: since it was subscribed to, the subscription was gone for some time, or the
         * link had no room. It is told before anything that comes after the gap. A link that does not know tells it.
         */
        void lost(Channel channel);
    }

    /** A link over the broker of {@code driver}; not started yet. */
    static ClusterLink over(ClusterLinkDriver driver) {
        return new DrivenLink(driver);
    }

    /** The most bytes of one publication; {@link #LEAST_MAX_BYTES} or more. */
    int maxBytes();

    /**
     * Begins to connect, and returns at once: a broker that is away is told as {@link Listener#down}. Once for each link.
     *
     * @throws IllegalStateException the second time
     */
    void start(Listener listener);

    /**
     * Publishes, at once: a link may gather what is published within 100 µs into one write. The stage completes once the broker has
     * confirmed that it took the bytes, whether anybody subscribes to the channel or not; it fails with a {@link ClusterLinkException}
     * while the link is down, when it goes down, if the broker refuses, if the broker has not answered within a few seconds, and if as much
     * waits for the broker as may. What depends on it runs on the link's threads and must not block.
     *
     * @param bytes 1 to {@link #maxBytes()}; not changed afterwards by the caller
     * @throws IllegalArgumentException for another length
     */
    CompletionStage<Void> publish(Channel channel, byte[] bytes);

    /**
     * Subscribes; again for the same channel, it changes nothing. The stage completes once the broker has confirmed it: what is published
     * from then on arrives. While the link is down that is after it is back. It fails only if the link is closed, or the channel
     * unsubscribed from, before that.
     */
    CompletionStage<Void> subscribe(Channel channel);

    /** What arrives after that is not told any more, except what is just being told. Without effect if it is not subscribed to. */
    void unsubscribe(Channel channel);

    /**
     * Ends the link, and waits until the listener is not being told anything. What waits for the broker fails. Not to be called by the
     * listener. Idempotent. A client that the link was given, such as a connection pool, stays open.
     */
    @Override
    void close();
}
