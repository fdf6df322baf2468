package dev.signalbox.cluster.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.sentinel.api.StatefulRedisSentinelConnection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Makes connections that never reconnect by themselves. Each attempt, and each wait for an answer, is bounded. Thread-safe. */
final class RedisConnector implements AutoCloseable {
    private static final RedisCodec<String, byte[]> CHANNELS =
            RedisCodec.of(StringCodec.ASCII, ByteArrayCodec.INSTANCE);
    private static final Duration SHUTDOWN = Duration.ofSeconds(2);

    private final RedisLinkOptions options;
    private final RedisClient client;

    RedisConnector(RedisLinkOptions options) {
        this.options = options;
        this.client = RedisClient.create();
        client.setOptions(ClientOptions.builder()
                .autoReconnect(false)
                .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(options.silence())
                        .build())
                .sslOptions(tls(options))
                .build());
    }

    private static SslOptions tls(RedisLinkOptions options) {
        SslOptions.Builder builder = SslOptions.builder().jdkSslProvider().handshakeTimeout(options.silence());
        options.caFile().ifPresent(file -> builder.trustManager(file.toFile()));
        return builder.build();
    }

    private RedisURI.Builder base(RedisNode node) {
        return RedisURI.builder()
                .withHost(node.host())
                .withPort(node.port())
                .withSsl(options.tls())
                .withVerifyPeer(true)
                .withTimeout(options.silence());
    }

    private RedisURI uri(RedisNode node) {
        RedisURI.Builder builder = base(node);
        options.login().ifPresent(login -> logIn(builder, login));
        return builder.build();
    }

    private static void logIn(RedisURI.Builder builder, RedisLogin login) {
        if (login.user().isEmpty()) {
            builder.withPassword(login.password().toCharArray());
        } else {
            builder.withAuthentication(login.user(), login.password().toCharArray());
        }
    }

    /** Of the names of channels and keys. */
    String prefix() {
        return options.prefix();
    }

    /** To publish. */
    StatefulRedisConnection<String, byte[]> publishing(RedisNode node) throws InterruptedException {
        return connected(client.connectAsync(CHANNELS, uri(node)).toCompletableFuture());
    }

    /** To subscribe. */
    StatefulRedisPubSubConnection<String, byte[]> listening(RedisNode node) throws InterruptedException {
        return connected(client.connectPubSubAsync(CHANNELS, uri(node)).toCompletableFuture());
    }

    /** To ask for the slots. */
    StatefulRedisConnection<String, String> asking(RedisNode node) throws InterruptedException {
        return connected(client.connectAsync(StringCodec.UTF8, uri(node)).toCompletableFuture());
    }

    StatefulRedisSentinelConnection<String, String> sentinel(RedisNode node) throws InterruptedException {
        return connected(
                client.connectSentinelAsync(StringCodec.UTF8, base(node).build()));
    }

    StatefulRedisPubSubConnection<String, String> sentinelEvents(RedisNode node) throws InterruptedException {
        return connected(
                client.connectPubSubAsync(StringCodec.UTF8, base(node).build()).toCompletableFuture());
    }

    /** If it comes too late, it is closed when it comes. */
    private <C extends StatefulConnection<?, ?>> C connected(CompletableFuture<C> connecting)
            throws InterruptedException {
        try {
            // Twice, for TLS and the greeting may each take their time.
            return await(connecting, options.silence().multipliedBy(2));
        } catch (RedisException | InterruptedException e) {
            CompletableFuture<Void> _ = connecting.thenCompose(StatefulConnection::closeAsync);
            throw e;
        }
    }

    /**
     * Waits for an answer, for as long as a server may be silent.
     *
     * @throws RedisException if it fails, or does not come
     */
    <T> T await(Future<T> answer) throws InterruptedException {
        return await(answer, options.silence());
    }

    private static <T> T await(Future<T> answer, Duration patience) throws InterruptedException {
        try {
            return answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new RedisException(text(e.getCause()), e.getCause());
        } catch (TimeoutException e) {
            throw new RedisException("no answer within " + patience.toMillis() + " ms", e);
        }
    }

    /** What failed, and what made it fail. */
    static String text(@Nullable Throwable failure) {
        if (failure == null) {
            return "no reason is known";
        }
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.equals(failure) ? failure.getMessage() + "" : failure.getMessage() + ": " + root.getMessage();
    }

    @Override
    public void close() {
        client.shutdown(Duration.ZERO, SHUTDOWN);
    }
}
