package dev.signalbox.cluster.redis;

import dev.signalbox.router.ClusterLink.Channel;
import dev.signalbox.router.ClusterLinkDriver;
import dev.signalbox.router.ClusterLinkException;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The two connections to one server, from their beginning to their end: if one breaks or falls silent, both are given up. Thread-safe,
 * except {@link #beat}, which the link's supervisor alone calls.
 */
final class RedisSession implements ClusterLinkDriver.Session {
    /** What a command costs besides its bytes, so that many small ones are bounded, too. */
    private static final long OVERHEAD = 64;

    final RedisNode node;
    private final boolean sharded;
    private final StatefulRedisConnection<String, byte[]> publishing;
    private final StatefulRedisPubSubConnection<String, byte[]> listening;
    private final RedisBounds bounds;
    private final Receiver receiver;
    private final String prefix;
    private final CompletableFuture<String> ended = new CompletableFuture<>();
    /** By name. */
    private final Map<String, RedisSubscription> subscriptions = new ConcurrentHashMap<>();

    private final Map<Long, CompletableFuture<?>> underWay = new ConcurrentHashMap<>();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong waitingBytes = new AtomicLong();
    private List<RedisFuture<String>> pings = List.of();
    private long pingedNanos;

    /** Is told what happens, on the threads of the connections. */
    interface Receiver {
        void received(RedisSession session, Channel channel, byte[] bytes);

        void subscribed(RedisSession session, Channel channel);

        /** Asked for or not: a server that hands a slot to another ends the subscriptions by itself. */
        void unsubscribed(RedisSession session, Channel channel);

        /** The server refuses the subscription: the slot is another's now, or this user may not. */
        void refused(RedisSession session, Channel channel, String reason);

        /** The server refuses a command: the slot may be another's now. */
        void refusedCommand(RedisSession session);

        /** It is over, for the reason that {@link #reason} has. */
        void ended(RedisSession session);
    }

    private RedisSession(
            RedisNode node,
            String prefix,
            boolean sharded,
            StatefulRedisConnection<String, byte[]> publishing,
            StatefulRedisPubSubConnection<String, byte[]> listening,
            RedisBounds bounds,
            Receiver receiver) {
        this.node = node;
        this.prefix = prefix;
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
            RedisSession session = new RedisSession(
                    node, connector.prefix(), sharded, publishing, connector.listening(node), bounds, receiver);
            session.listen();
            return session;
        } catch (RedisException | InterruptedException e) {
            CompletableFuture<Void> _ = publishing.closeAsync();
            throw e;
        }
    }

    /**
     * What a server knows a connection by. The id alone would not do: a server that starts anew counts from the beginning, and gives the id to somebody
     * else.
     */
    record Identity(long id, String address) {
        private static final Pattern INFO = Pattern.compile("id=(\\d+) addr=(\\S+)");

        /** @throws RedisException if there is none in the answer to {@code CLIENT INFO} */
        private static Identity of(String info) {
            Matcher found = INFO.matcher(info);
            if (!found.find()) {
                throw new RedisException("Redis does not tell the id and the address of a connection");
            }
            return new Identity(Long.parseLong(found.group(1)), found.group(2));
        }
    }

    /**
     * Ends a connection that came before this one. What it had sent, such as to a frozen server, has been executed by then, or never will be: so nothing
     * of it comes after what is sent here.
     *
     * @param former that connection; null if there was none
     * @return this one
     * @throws RedisException if the server does not do that
     */
    Identity succeed(RedisConnector connector, @Nullable Identity former) throws InterruptedException {
        if (former != null) {
            KillArgs one = KillArgs.Builder.id(former.id()).addr(former.address());
            connector.await(publishing.async().clientKill(one));
        }
        return Identity.of(connector.await(publishing.async().clientInfo()));
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
            public void message(String name, byte[] bytes) {
                onMessage(name, bytes);
            }

            @Override
            public void smessage(String name, byte[] bytes) {
                onMessage(name, bytes);
            }

            @Override
            public void subscribed(String name, long count) {
                onSubscribed(name);
            }

            @Override
            public void ssubscribed(String name, long count) {
                onSubscribed(name);
            }

            @Override
            public void unsubscribed(String name, long count) {
                onUnsubscribed(name);
            }

            @Override
            public void sunsubscribed(String name, long count) {
                onUnsubscribed(name);
            }
        });
        if (!publishing.isOpen() || !listening.isOpen()) {
            over("the server ended the connection"); // Race: before the listeners were there.
        }
    }

    /** What is no channel of the link is nothing to it. */
    private void onMessage(String name, byte[] bytes) {
        RedisSubscription present = subscriptions.get(name);
        if (present != null && present.isWanted()) {
            receiver.received(this, present.channel(), bytes);
        }
    }

    private void onSubscribed(String name) {
        RedisSubscription left = subscriptions.computeIfPresent(name, (same, known) -> known.subscribed());
        if (left != null && left.isConfirmed()) {
            receiver.subscribed(this, left.channel());
        }
    }

    /** What the server was not asked for is told. Others may ask it just now, so that what is known is replaced only if it is still the same. */
    private void onUnsubscribed(String name) {
        RedisSubscription before = subscriptions.get(name);
        while (before != null && !isReplaced(name, before, before.unsubscribed())) {
            before = subscriptions.get(name);
        }
        if (before != null && before.unsubscribing() == 0) {
            receiver.unsubscribed(this, before.channel());
        }
    }

    private boolean isReplaced(String name, RedisSubscription before, @Nullable RedisSubscription after) {
        return after == null ? subscriptions.remove(name, before) : subscriptions.replace(name, before, after);
    }

    static String name(String prefix, Channel channel) {
        return prefix + ":" + channel.name();
    }

    private void over(String reason) {
        if (ended.complete(reason)) {
            receiver.ended(this);
        }
    }

    boolean isOver() {
        return ended.isDone();
    }

    @Override
    public Optional<String> end() {
        return isOver() ? Optional.of("Redis at " + reason()) : Optional.empty();
    }

    /** Why it is over. */
    String reason() {
        return node + ": " + ended.getNow("it is not used any more");
    }

    /** One command for each channel: those of a Redis Cluster may not share one, even on one server. */
    @Override
    public void subscribe(Channel channel) {
        String name = name(prefix, channel);
        RedisSubscription _ =
                subscriptions.merge(name, RedisSubscription.first(channel), (known, first) -> known.again());
        RedisFuture<Void> asked =
                sharded ? listening.async().ssubscribe(name) : listening.async().subscribe(name);
        asked.whenComplete((done, failure) -> {
            if (failure instanceof RedisCommandExecutionException) {
                RedisSubscription _ = subscriptions.computeIfPresent(name, (same, known) -> known.subscribed());
                receiver.refused(this, channel, node + " refuses " + name + ": " + failure.getMessage());
            }
        });
    }

    @Override
    public void unsubscribe(Channel channel) {
        String name = name(prefix, channel);
        RedisSubscription _ = subscriptions.computeIfPresent(name, (same, known) -> known.unsubscribe());
        RedisFuture<Void> asked = sharded
                ? listening.async().sunsubscribe(name)
                : listening.async().unsubscribe(name);
        asked.whenComplete((done, failure) -> {
            if (failure instanceof RedisCommandExecutionException) {
                // That is its answer, as from a cluster that is down; no other one comes.
                RedisSubscription _ = subscriptions.computeIfPresent(name, (same, known) -> known.unsubscribed());
            }
        });
    }

    @Override
    public boolean isConfirmed(Channel channel) {
        RedisSubscription present = subscriptions.get(name(prefix, channel));
        return present != null && present.isConfirmed();
    }

    @Override
    public CompletableFuture<Void> publish(Channel channel, byte[] bytes) {
        String name = name(prefix, channel);
        CompletableFuture<Void> confirmed = new CompletableFuture<>();
        CompletableFuture<Long> answer =
                send(bytes.length, redis -> sharded ? redis.spublish(name, bytes) : redis.publish(name, bytes));
        var _ = answer.whenComplete((receivers, failure) -> {
            if (failure == null) {
                confirmed.complete(null);
            } else {
                confirmed.completeExceptionally(
                        new ClusterLinkException(String.valueOf(failure.getMessage()), isMaybeDone(failure), failure));
            }
        });
        return confirmed;
    }

    static boolean isMaybeDone(Throwable failure) {
        return !(failure instanceof RedisFailure known) || known.maybeDone;
    }

    /**
     * Sends a command; it fails with a {@link RedisFailure} if it is refused, if too much waits for the server, or if the session ends first.
     *
     * @param bytes that it has, about
     */
    <T> CompletableFuture<T> send(long bytes, Function<RedisAsyncCommands<String, byte[]>, RedisFuture<T>> command) {
        long size = bytes + OVERHEAD;
        long before = waitingBytes.getAndAdd(size);
        if (!publishing.isOpen() || (before > 0 && before + size > bounds.unconfirmedBytes())) {
            waitingBytes.addAndGet(-size);
            String why = publishing.isOpen()
                    ? "too much waits for Redis (" + before + " bytes); send less, or later"
                    : reason();
            return CompletableFuture.failedFuture(new RedisFailure("it is not sent: " + why, false, null));
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        long number = sent.incrementAndGet();
        underWay.put(number, answer);
        command.apply(publishing.async()).whenComplete((value, failure) -> {
            waitingBytes.addAndGet(-size);
            underWay.remove(number);
            if (failure == null) {
                answer.complete(value);
            } else {
                answer.completeExceptionally(failure(failure));
            }
        });
        return answer;
    }

    private RedisFailure failure(Throwable failure) {
        if (!(failure instanceof RedisCommandExecutionException)) {
            return unconfirmed(RedisConnector.text(failure), failure);
        }
        if (!(failure instanceof RedisNoScriptException)) {
            receiver.refusedCommand(this);
        }
        return new RedisFailure(node + " refuses it: " + failure.getMessage(), false, failure);
    }

    private static RedisFailure unconfirmed(String why, @Nullable Throwable cause) {
        return new RedisFailure("Redis did not confirm it, and may have it: " + why, true, cause);
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
        RedisFailure failure = unconfirmed(reason(), null);
        underWay.values().forEach(each -> each.completeExceptionally(failure));
    }
}
