package dev.signalbox.ha.redis;

import io.lettuce.core.RedisCommandInterruptedException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulConnection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Connects within a time. The client alone waits a minute for a server that says nothing, and for ever if it is shut down meanwhile. */
final class Connecting {
    /** What a first connection on a busy machine needs is more than some answers may take. */
    private static final Duration LEAST = Duration.ofSeconds(5);

    private Connecting() {}

    /**
     * Connects within the time that an answer may take, but not less than five seconds.
     *
     * @throws RedisException if there is no connection, or none in time
     */
    static <C extends StatefulConnection<?, ?>> C within(Duration answer, Supplier<C> connect) {
        Duration timeout = answer.compareTo(LEAST) < 0 ? LEAST : answer;
        CompletableFuture<C> connecting = CompletableFuture.supplyAsync(connect, Thread::startVirtualThread);
        try {
            return connecting.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RedisException known ? known : new RedisException(e.getCause());
        } catch (TimeoutException e) {
            closeOnceThere(connecting);
            throw new RedisCommandTimeoutException("no connection within " + timeout);
        } catch (InterruptedException e) {
            closeOnceThere(connecting);
            Thread.currentThread().interrupt();
            throw new RedisCommandInterruptedException(e);
        }
    }

    private static void closeOnceThere(CompletableFuture<? extends StatefulConnection<?, ?>> connecting) {
        var _ = connecting.thenCompose(StatefulConnection::closeAsync);
    }
}
