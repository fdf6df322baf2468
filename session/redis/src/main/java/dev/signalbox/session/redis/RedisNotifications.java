package dev.signalbox.session.redis;

import dev.signalbox.session.bus.SessionStore.ChangeListener;
import dev.signalbox.session.bus.SessionStore.Notifications;
import dev.signalbox.session.bus.SessionUnavailableException;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A connection that listens to the channel on which appends tell of themselves. Redis cuts one that is too slow for it. */
final class RedisNotifications implements Notifications {
    private final StatefulRedisPubSubConnection<String, String> connection;
    private final ChangeListener listener;
    private final Duration liveness;
    /** Holds what ended the connection. */
    private final CompletableFuture<RedisException> ended = new CompletableFuture<>();

    private volatile boolean closed;

    private RedisNotifications(
            StatefulRedisPubSubConnection<String, String> connection, ChangeListener listener, Duration liveness) {
        this.connection = connection;
        this.listener = listener;
        this.liveness = liveness;
    }

    static Notifications open(RedisClient client, String channel, ChangeListener listener, Duration liveness) {
        try {
            RedisNotifications notifications = new RedisNotifications(
                    Connecting.within(liveness, () -> client.connectPubSub(StringCodec.UTF8)), listener, liveness);
            notifications.subscribe(channel);
            return notifications;
        } catch (RedisException e) {
            throw failed(e);
        }
    }

    private static SessionUnavailableException failed(Throwable cause) {
        return new SessionUnavailableException(
                "the connection to Redis that listens for new events failed: " + cause.getMessage(), cause);
    }

    private void subscribe(String channel) {
        connection.addListener(new RedisConnectionStateListener() {
            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> handler) {
                ended.complete(new RedisException("disconnected"));
            }
        });
        connection.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(String from, String text) {
                tell(text);
            }
        });
        try {
            connection.async().subscribe(channel).get(liveness.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            close();
            throw failed(e);
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw failed(e);
        }
    }

    @Override
    public void await(Duration within) throws InterruptedException {
        try {
            throw failed(ended.get(within.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return; // It is still open.
        } catch (ExecutionException e) {
            throw failed(e);
        }
    }

    @Override
    public void check() throws InterruptedException {
        try {
            connection.async().ping().get(liveness.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw failed(new RedisException("no answer within " + liveness, e));
        } catch (ExecutionException | RedisException e) {
            throw failed(e);
        }
    }

    /** Pairs of a last offset and a session, all with blanks in between. */
    private void tell(String text) {
        int from = 0;
        while (!closed && from < text.length()) {
            int middle = text.indexOf(' ', from);
            int end = text.indexOf(' ', middle + 1);
            end = end < 0 ? text.length() : end;
            listener.changed(text.substring(middle + 1, end), Long.parseLong(text, from, middle, 10));
            from = end + 1;
        }
    }

    @Override
    public void close() {
        closed = true;
        CompletableFuture<Void> _ = connection.closeAsync();
    }
}
