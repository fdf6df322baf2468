package dev.signalbox.ha.redis;

import dev.signalbox.ha.lease.LeaseStore.Watch;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears of changes by subscription, on a connection for each watch. The client reconnects and subscribes again by itself; what is missed
 * meanwhile, or if it cannot connect at first, is found by the poll of the node that waits. Thread-safe.
 */
final class RedisHints {
    private static final Logger LOG = LoggerFactory.getLogger(RedisHints.class);

    private RedisHints() {}

    static Watch watch(RedisClient client, Duration timeout, String key, Runnable changed) {
        try {
            StatefulRedisPubSubConnection<String, String> connection =
                    Connecting.within(timeout, client::connectPubSub);
            connection.addListener(new RedisPubSubAdapter<>() {
                @Override
                public void message(String channel, String message) {
                    changed.run();
                }
            });
            RedisFuture<Void> _ = connection.async().subscribe(key);
            return () -> {
                CompletableFuture<Void> _ = connection.closeAsync();
            };
        } catch (RedisException e) {
            LOG.info("Redis gives no hints of '{}' and is polled alone: {}", key, e.getMessage());
            return () -> {};
        }
    }
}
