package dev.signalbox.ha.redis;

import dev.signalbox.ha.lease.LeaseException;
import dev.signalbox.ha.lease.LeaseStoreUnavailableException;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One connection for scripts, which is thrown away after each failure. The client's own way of reconnecting would send again what was
 * under way when the connection broke, and a lease would be asked for by nobody. Thread-safe.
 */
final class Link implements AutoCloseable {
    /** Errors of a server that is up and cannot serve now. */
    private static final Pattern PASSING = Pattern.compile(
            "(LOADING|BUSY|MASTERDOWN|READONLY|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|MISCONF|OOM)\\b.*", Pattern.DOTALL);

    private final RedisClient client;
    private final Duration timeout;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable StatefulRedisConnection<String, String> connection;
    private boolean closed;

    Link(RedisClient client, Duration timeout) {
        this.client = client;
        this.timeout = timeout;
    }

    /** Runs a script that answers with one text. */
    String text(Script script, String key, String... arguments) {
        return await(
                open(),
                through -> through.async().eval(script.text(), ScriptOutputType.VALUE, new String[] {key}, arguments));
    }

    /** Runs a script that answers with several. */
    List<String> texts(Script script, String key, String... arguments) {
        return await(
                open(),
                through -> through.async().eval(script.text(), ScriptOutputType.MULTI, new String[] {key}, arguments));
    }

    private interface Command<R> {
        RedisFuture<R> send(StatefulRedisConnection<String, String> through);
    }

    private <R> R await(StatefulRedisConnection<String, String> through, Command<R> command) {
        try {
            return command.send(through).get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw failed(through, e.getCause() == null ? e : e.getCause());
        } catch (RedisException e) {
            throw failed(through, e);
        } catch (TimeoutException e) {
            drop(through);
            throw new LeaseStoreUnavailableException("Redis did not answer within " + timeout, e);
        } catch (InterruptedException e) {
            drop(through);
            Thread.currentThread().interrupt();
            throw new LeaseStoreUnavailableException("interrupted while waiting for Redis", e);
        }
    }

    /** What Redis refused was not done; of the rest nobody knows. */
    private LeaseException failed(StatefulRedisConnection<String, String> through, Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        if (cause instanceof RedisCommandExecutionException
                && !PASSING.matcher(message).matches()) {
            return new LeaseException("Redis refused: " + message, cause);
        }
        drop(through);
        return new LeaseStoreUnavailableException("Redis is not available: " + message, cause);
    }

    private StatefulRedisConnection<String, String> open() {
        lock.lock();
        try {
            if (closed) {
                throw new LeaseException("the lease store is closed", null);
            }
            StatefulRedisConnection<String, String> current = connection;
            if (current == null || !current.isOpen()) {
                drop(current);
                current = Connecting.within(timeout, client::connect);
                current.setTimeout(timeout);
                connection = current;
            }
            return current;
        } catch (RedisException e) {
            throw new LeaseStoreUnavailableException("Redis cannot be reached: " + e.getMessage(), e);
        } finally {
            lock.unlock();
        }
    }

    private void drop(@Nullable StatefulRedisConnection<String, String> broken) {
        lock.lock();
        try {
            if (broken != null && broken.equals(connection)) {
                connection = null;
            }
        } finally {
            lock.unlock();
        }
        if (broken != null) {
            CompletableFuture<Void> _ = broken.closeAsync();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            drop(connection);
        } finally {
            lock.unlock();
        }
    }
}
