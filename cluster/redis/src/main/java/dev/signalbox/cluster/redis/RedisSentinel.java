package dev.signalbox.cluster.redis;

import io.lettuce.core.RedisException;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.sentinel.api.StatefulRedisSentinelConnection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** One Sentinel: a connection to ask, and one to hear of new primaries at once. Both are made anew after a failure. Thread-safe. */
final class RedisSentinel implements AutoCloseable {
    private static final String SWITCHED = "+switch-master";

    private final RedisConnector connector;
    private final RedisNode node;
    private final String master;
    private final Runnable switched;
    /** Held while it is asked, so that a silent Sentinel costs one thread and not one a second. */
    private final ReentrantLock asking = new ReentrantLock();

    private @Nullable StatefulRedisSentinelConnection<String, String> connection;
    private @Nullable StatefulRedisPubSubConnection<String, String> events;
    private volatile boolean closed;

    /** {@code epoch} grows with each failover. */
    record Answer(long epoch, RedisNode primary) {}

    RedisSentinel(RedisConnector connector, RedisNode node, String master, Runnable switched) {
        this.connector = connector;
        this.node = node;
        this.master = master;
        this.switched = switched;
    }

    /**
     * Asks for the primary.
     *
     * @throws RedisException if it does not answer, or does not know
     */
    Answer ask() throws InterruptedException {
        if (!asking.tryLock()) {
            throw new RedisException(node + " has not answered since it was asked before");
        }
        try {
            hear();
            return answer(connector.await(connection().async().master(master)));
        } catch (RedisException e) {
            drop();
            throw new RedisException(node + ": " + e.getMessage(), e);
        } finally {
            if (closed) {
                drop();
            }
            asking.unlock();
        }
    }

    private StatefulRedisSentinelConnection<String, String> connection() throws InterruptedException {
        StatefulRedisSentinelConnection<String, String> open = connection;
        if (open == null || !open.isOpen()) {
            open = connector.sentinel(node);
            connection = open;
        }
        return open;
    }

    private void hear() throws InterruptedException {
        StatefulRedisPubSubConnection<String, String> open = events;
        if (open != null && open.isOpen()) {
            return;
        }
        open = connector.sentinelEvents(node);
        events = open;
        open.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(String channel, String message) {
                switched.run();
            }
        });
        connector.await(open.async().subscribe(SWITCHED));
    }

    private Answer answer(Map<String, String> told) {
        String flags = told.getOrDefault("flags", "");
        String host = told.get("ip");
        String port = told.get("port");
        if (host == null || port == null) {
            throw new RedisException("it does not say where " + master + " is (" + flags + ")");
        }
        return new Answer(
                Long.parseLong(told.getOrDefault("config-epoch", "0")), new RedisNode(host, Integer.parseInt(port)));
    }

    private void drop() {
        if (connection != null) {
            CompletableFuture<Void> _ = connection.closeAsync();
            connection = null;
        }
        if (events != null) {
            CompletableFuture<Void> _ = events.closeAsync();
            events = null;
        }
    }

    /** Does not wait: who is asking drops the connections afterwards. */
    @Override
    public void close() {
        closed = true;
        if (asking.tryLock()) {
            try {
                drop();
            } finally {
                asking.unlock();
            }
        }
    }
}
