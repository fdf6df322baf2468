package dev.signalbox.cluster.redis;

import dev.signalbox.router.ClusterLinkException;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The two connections to one server, from their beginning to their end: if one breaks or falls silent, both are given up. Thread-safe,
 * except {@link #beat}, which the link's supervisor alone calls.
 */
final class RedisSession {
    /** What a publication costs besides its bytes, so that many small ones are bounded, too. */
    private static final long OVERHEAD = 64;

    final RedisNode node;
    private final boolean sharded;
    private final StatefulRedisConnection<String, byte[]> publishing;
    private final StatefulRedisPubSubConnection<String, byte[]> listening;
    private final RedisBounds bounds;
    private final Receiver receiver;
    private final CompletableFuture<String> ended = new CompletableFuture<>();
    private final Map<Long, CompletableFuture<Void>> underWay = new ConcurrentHashMap<>();
    private final AtomicLong published = new AtomicLong();
    private final AtomicLong waitingBytes = new AtomicLong();
    private List<RedisFuture<String>> pings = List.of();
    private long pingedNanos;

    /** Is told what happens, on the threads of the connections. */
    interface Receiver {
        void received(RedisSession session, String channel, byte[] bytes);

        void subscribed(RedisSession session, String channel);

        /** Asked for or not: a server that hands a slot to another ends the subscriptions by itself. */
        void unsubscribed(RedisSession session, String channel);

        /** The server refuses the subscription: the slot is another's now, or this user may not. */
        void refused(RedisSession session, String channel, String reason);

        /** The server refuses a publication: the slot may be another's now. */
        void refusedPublication(RedisSession session);

        /** It is over, for the reason that {@link #reason} has. */
        void ended(RedisSession session);
    }

    private RedisSession(
            RedisNode node,
            boolean sharded,
            StatefulRedisConnection<String, byte[]> publishing,
            StatefulRedisPubSubConnection<String, byte[]> listening,
            RedisBounds bounds,
            Receiver receiver) {
        this.node = node;
        this.sharded = sharded;
        this.publishing = publishing;
        this.listening = listening;
        this.bounds = bounds;
        this.receiver = receiver;
    }

    /** @throws RedisException if the server does not take both connections */
    static RedisSession open(
            RedisConnector connector, RedisNode node, boolean sharded, RedisBounds bounds, Receiver receiver)
            throws InterruptedException {
        StatefulRedisConnection<String, byte[]> publishing = connector.publishing(node);
        try {
            RedisSession session =
                    new RedisSession(node, sharded, publishing, connector.listening(node), bounds, receiver);
            session.listen();
            return session;
        } catch (RedisException | InterruptedException e) {
            CompletableFuture<Void> _ = publishing.closeAsync();
            throw e;
        }
    }

    private void listen() {
        for (StatefulConnection<String, byte[]> each : List.of(publishing, listening)) {
            each.addListener(new RedisConnectionStateListener() {
                @Override
                public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
                    over("the server ended the connection");
                }
            });
        }
        listening.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(String channel, byte[] bytes) {
                receiver.received(RedisSession.this, channel, bytes);
            }

            @Override
            public void smessage(String channel, byte[] bytes) {
                receiver.received(RedisSession.this, channel, bytes);
            }

            @Override
            public void subscribed(String channel, long count) {
                receiver.subscribed(RedisSession.this, channel);
            }

            @Override
            public void ssubscribed(String channel, long count) {
                receiver.subscribed(RedisSession.this, channel);
            }

            @Override
            public void unsubscribed(String channel, long count) {
                receiver.unsubscribed(RedisSession.this, channel);
            }

            @Override
            public void sunsubscribed(String channel, long count) {
                receiver.unsubscribed(RedisSession.this, channel);
            }
        });
        if (!publishing.isOpen() || !listening.isOpen()) {
            over("the server ended the connection"); // Race: before the listeners were there.
        }
    }

    private void over(String reason) {
        if (ended.complete(reason)) {
            receiver.ended(this);
        }
    }

    boolean isOver() {
        return ended.isDone();
    }

    /** Why it is over. */
    String reason() {
        return node + ": " + ended.getNow("it is not used any more");
    }

    /** One command for each channel: those of a Redis Cluster may not share one, even on one server. */
    void subscribe(String channel) {
        RedisFuture<Void> asked = sharded
                ? listening.async().ssubscribe(channel)
                : listening.async().subscribe(channel);
        asked.whenComplete((done, failure) -> {
            if (failure instanceof RedisCommandExecutionException) {
                receiver.refused(this, channel, node + " refuses " + channel + ": " + failure.getMessage());
            }
        });
    }

    void unsubscribe(String channel) {
        RedisFuture<Void> _ = sharded
                ? listening.async().sunsubscribe(channel)
                : listening.async().unsubscribe(channel);
    }

    /** Completes once the server has it. */
    CompletableFuture<Void> publish(String channel, byte[] bytes) {
        long size = bytes.length + OVERHEAD;
        long before = waitingBytes.getAndAdd(size);
        if (!publishing.isOpen() || (before > 0 && before + size > bounds.unconfirmedBytes())) {
            waitingBytes.addAndGet(-size);
            return failed(
                    publishing.isOpen()
                            ? "too much waits for Redis (" + before + " bytes); send less, or later"
                            : reason());
        }
        CompletableFuture<Void> confirmed = new CompletableFuture<>();
        long number = published.incrementAndGet();
        underWay.put(number, confirmed);
        RedisFuture<Long> answer = sharded
                ? publishing.async().spublish(channel, bytes)
                : publishing.async().publish(channel, bytes);
        answer.whenComplete((receivers, failure) -> {
            waitingBytes.addAndGet(-size);
            underWay.remove(number);
            complete(confirmed, failure);
        });
        return confirmed;
    }

    private static CompletableFuture<Void> failed(String why) {
        return CompletableFuture.failedFuture(new ClusterLinkException("it is not sent: " + why, false));
    }

    private void complete(CompletableFuture<Void> confirmed, @Nullable Throwable failure) {
        if (failure == null) {
            confirmed.complete(null);
        } else if (failure instanceof RedisCommandExecutionException) {
            String reason = node + " refuses it: " + failure.getMessage();
            confirmed.completeExceptionally(new ClusterLinkException(reason, false, failure));
            receiver.refusedPublication(this);
        } else {
            confirmed.completeExceptionally(unconfirmed(RedisConnector.text(failure)));
        }
    }

    private static ClusterLinkException unconfirmed(String why) {
        return new ClusterLinkException("Redis did not confirm it, and may have it: " + why, true);
    }

    /** Looks whether the server still answers on both connections; after that long without an answer the session is over. */
    void beat(Duration silence) {
        long now = System.nanoTime();
        if (pings.stream().allMatch(RedisFuture::isDone)) {
            pings = List.of(publishing.async().ping(), listening.async().ping());
            pingedNanos = now;
        } else if (now - pingedNanos > silence.toNanos()) {
            over("it has not answered for more than " + silence.toMillis() + " ms");
        }
    }

    /** Fails what is under way, and closes both connections without waiting for that. */
    void close() {
        ended.complete("it is not used any more");
        CompletableFuture<Void> _ = publishing.closeAsync();
        CompletableFuture<Void> _ = listening.closeAsync();
        ClusterLinkException failure = unconfirmed(reason());
        underWay.values().forEach(each -> each.completeExceptionally(failure));
    }
}
