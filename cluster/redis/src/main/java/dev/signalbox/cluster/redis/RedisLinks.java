package dev.signalbox.cluster.redis;

import dev.signalbox.router.ClusterLink;
import dev.signalbox.router.TopicHistory;

/**
 * Links over the channels of Redis 7.0 or newer: a single server, one that Sentinel chooses, or a Redis Cluster, where each channel is a
 * sharded one and so on one primary alone. Which of these a server is, it is asked.
 *
 * <p>A link has two connections to each primary, one to publish and one to subscribe. Lettuce's own reconnecting is off: it would send again
 * what was under way, publish before the subscriptions are back, stay with a server that is frozen or was replaced, and leave sharded
 * channels deaf after a failover. After a change of primaries, losses are told once more when every node has had the time to follow, for
 * until then others may publish where nobody listens any more.
 *
 * <p>The user needs {@code +publish +spublish +subscribe +ssubscribe +unsubscribe +sunsubscribe +ping +cluster|slots} and the channels
 * {@code PREFIX:*}. Without {@code cluster|slots} a Redis Cluster is used as if it were one server: correct, but each publication
 * then goes to all its servers.
 */
public final class RedisLinks {
    private RedisLinks() {}

    /** A link that is not started yet. */
    public static ClusterLink create(RedisLinkOptions options) {
        return ClusterLink.over(new RedisDriver(options, RedisBounds.DEFAULT));
    }

    /**
     * The history of topics in streams of the same Redis, below keys that begin with {@code PREFIX:history:}. It connects at once, with two
     * connections of its own to each primary, and goes on trying for ever.
     *
     * <p>Redis must not evict keys ({@code maxmemory-policy noeviction}, its default): a topic that lost a key begins a new epoch. What it has acknowledged it
     * may lose by a failover or a restart; then the epoch ends as well, and is told as a gap.
     *
     * <p>The user needs the keys {@code PREFIX:history:*} and {@code +client|info +client|kill +eval +evalsha +time +del +pexpire +hmget +hset +xadd +xlen +xrange +xtrim +zadd
     * +zcard +zscore +zremrangebyrank} besides.
     */
    public static TopicHistory history(RedisLinkOptions options) {
        return RedisHistory.start(options, RedisBounds.DEFAULT);
    }
}
