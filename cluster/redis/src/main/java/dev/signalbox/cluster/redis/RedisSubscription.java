package dev.signalbox.cluster.redis;

import dev.signalbox.router.ClusterLink.Channel;
import org.jspecify.annotations.Nullable;

/**
 * A channel that a session subscribes to, and what the server has still to answer of that. It answers in the order in which it was asked, so that the last
 * answer alone tells how it stands. Immutable.
 *
 * @param subscribing how often it was asked to subscribe, and has not answered
 * @param unsubscribing how often it was asked to unsubscribe, and has not answered
 */
record RedisSubscription(Channel channel, boolean isWanted, int subscribing, int unsubscribing) {

    /** It was asked for the first time. */
    static RedisSubscription first(Channel channel) {
        return new RedisSubscription(channel, true, 1, 0);
    }

    /** It was asked again. */
    RedisSubscription again() {
        return new RedisSubscription(channel, true, subscribing + 1, unsubscribing);
    }

    RedisSubscription unsubscribe() {
        return new RedisSubscription(channel, false, subscribing, unsubscribing + 1);
    }

    /** The server has answered that it subscribed, or why it did not. Null if nothing is left to know. */
    @Nullable
    RedisSubscription subscribed() {
        return left(Math.max(0, subscribing - 1), unsubscribing);
    }

    /** The server has unsubscribed; without having been asked to, it has given the channel away. Null if nothing is left to know. */
    @Nullable
    RedisSubscription unsubscribed() {
        if (unsubscribing == 0) {
            return subscribing == 0 ? null : this;
        }
        return left(subscribing, unsubscribing - 1);
    }

    private @Nullable RedisSubscription left(int subscribes, int unsubscribes) {
        return isWanted || subscribes > 0 || unsubscribes > 0
                ? new RedisSubscription(channel, isWanted, subscribes, unsubscribes)
                : null;
    }

    /** Whether the server has the subscription that was asked for last. */
    boolean isConfirmed() {
        return isWanted && subscribing == 0 && unsubscribing == 0;
    }
}
