package dev.signalbox.session.redis;

import dev.signalbox.session.bus.SessionStore.Tail;
import dev.signalbox.session.bus.SessionStore.TailListener;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisException;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Listens to the channel on which appends tell of themselves: one connection, whatever the number of sessions. A connection that
 * breaks, or does not answer any more, is replaced. Redis cuts listeners that are too slow for it; that is found by the same
 * means. What is said in between is not said again, so after each new beginning {@link TailListener#up} makes the bus look.
 */
final class RedisTail implements Tail {
    private static final Duration LEAST_PAUSE = Duration.ofMillis(10);
    private static final Duration MOST_PAUSE = Duration.ofSeconds(1);

    private final RedisClient client;
    private final String channel;
    private final TailListener listener;
    private final Duration timeout;
    private final CompletableFuture<Throwable> closed = new CompletableFuture<>();

    RedisTail(RedisClient client, String channel, TailListener listener, Duration timeout) {
        this.client = client;
        this.channel = channel;
        this.listener = listener;
        this.timeout = timeout;
    }

    void start() {
        Thread.ofVirtual().name("signalbox-session-redis-tail").start(this::run);
    }

    private void run() {
        long pause = LEAST_PAUSE.toNanos();
        try {
            while (!isClosed()) {
                long began = System.nanoTime();
                Throwable end = listen();
                if (!isClosed()) {
                    listener.down(end);
                }
                pause = System.nanoTime() - began > MOST_PAUSE.toNanos()
                        ? LEAST_PAUSE.toNanos()
                        : Math.min(MOST_PAUSE.toNanos(), pause * 2);
                rest(ThreadLocalRandom.current().nextLong(pause / 2, pause));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void rest(long nanos) throws InterruptedException {
        try {
            closed.get(nanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // Rested.
        }
    }

    private boolean isClosed() {
        return closed.isDone();
    }

    /** Until the connection ends or this is closed; returns what ended it. */
    private Throwable listen() throws InterruptedException {
        try (StatefulRedisPubSubConnection<String, String> connection = client.connectPubSub(StringCodec.UTF8)) {
            CompletableFuture<Throwable> ended = new CompletableFuture<>();
            connection.addListener(new RedisConnectionStateListener() {
                @Override
                public void onRedisDisconnected(RedisChannelHandler<?, ?> handler) {
                    ended.complete(new RedisException("disconnected"));
                }
            });
            connection.addListener(new RedisPubSubAdapter<>() {
                @Override
                public void message(String from, String text) {
                    heard(text);
                }
            });
            connection.async().subscribe(channel).get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            listener.up();
            return awaitEnd(connection, ended);
        } catch (ExecutionException | TimeoutException e) {
            return e;
        } catch (RuntimeException e) {
            return e; // Redis's own, and that of a client that was shut down first.
        }
    }

    /** A connection that is quiet is asked whether it is still there. */
    private Throwable awaitEnd(
            StatefulRedisPubSubConnection<String, String> connection, CompletableFuture<Throwable> ended)
            throws InterruptedException, ExecutionException, TimeoutException {
        CompletableFuture<?> over = CompletableFuture.anyOf(ended, closed);
        while (true) {
            try {
                over.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
                return ended.getNow(new RedisException("closed"));
            } catch (TimeoutException e) {
                connection.async().ping().get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            }
        }
    }

    /** Pairs of a last offset and a session, all with blanks in between. */
    private void heard(String text) {
        if (isClosed()) {
            return;
        }
        int from = 0;
        while (from < text.length()) {
            int middle = text.indexOf(' ', from);
            int end = text.indexOf(' ', middle + 1);
            end = end < 0 ? text.length() : end;
            listener.changed(text.substring(middle + 1, end), Long.parseLong(text, from, middle, 10));
            from = end + 1;
        }
    }

    @Override
    public void close() {
        closed.complete(new RedisException("closed"));
    }
}
