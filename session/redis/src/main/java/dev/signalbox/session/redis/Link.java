package dev.signalbox.session.redis;

import dev.signalbox.session.bus.SessionBusException;
import dev.signalbox.session.bus.SessionUnavailableException;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The one connection for commands. A broken one is replaced at the next use: the client's own way of reconnecting would repeat
 * what was sent after pauses of up to half a minute. No answer is waited for longer than the timeout. Thread-safe.
 */
final class Link implements AutoCloseable {
    /** Errors of a server that is up and cannot serve: starting, without a majority, a replica since a moment ago, and so on. */
    private static final Pattern PASSING = Pattern.compile(
            "(LOADING|BUSY|MASTERDOWN|READONLY|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|MISCONF|OOM|UNBLOCKED)\\b.*",
            Pattern.DOTALL);
    /** For so long a failed attempt to connect counts for all who want to. */
    private static final Duration AGAIN = Duration.ofMillis(50);

    private final RedisClient client;
    private final Duration timeout;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable StatefulRedisConnection<byte[], byte[]> connection;
    private @Nullable RedisException failure;
    private long failedNanos;
    private boolean closed;

    Link(RedisClient client, Duration timeout) {
        this.client = client;
        this.timeout = timeout;
    }

    /** Runs a script that answers with one value. */
    byte[] value(Script script, byte[][] keys, byte[]... arguments) {
        return run(
                redis -> redis.<byte[]>evalsha(script.digest, ScriptOutputType.VALUE, keys, arguments),
                redis -> redis.<byte[]>eval(script.text, ScriptOutputType.VALUE, keys, arguments));
    }

    /** Runs a script that answers with several. */
    List<byte[]> values(Script script, byte[][] keys, byte[]... arguments) {
        return run(
                redis -> redis.<List<byte[]>>evalsha(script.digest, ScriptOutputType.MULTI, keys, arguments),
                redis -> redis.<List<byte[]>>eval(script.text, ScriptOutputType.MULTI, keys, arguments));
    }

    /** Redis is told a script in full only if it does not know it. */
    private <R> R run(Command<R> known, Command<R> inFull) {
        try {
            return ask(known);
        } catch (UnknownScriptException e) {
            return ask(inFull);
        }
    }

    /** What to send, and the future of its answer. */
    interface Command<R> {
        Future<R> sendTo(RedisAsyncCommands<byte[], byte[]> redis);
    }

    private static final class UnknownScriptException extends SessionBusException {
        private static final long serialVersionUID = 1L;

        UnknownScriptException(Throwable cause) {
            super("Redis was not told of a script", cause);
        }
    }

    /** Sends one or more commands at once, and waits for what they become. */
    <R> R ask(Command<R> command) {
        StatefulRedisConnection<byte[], byte[]> through = null;
        try {
            through = open();
            return await(command.sendTo(through.async()));
        } catch (RedisException e) {
            throw failed(e);
        } catch (TimeoutException e) {
            // It may be half open, of which nobody would tell for a long time.
            abandon(through);
            throw new SessionUnavailableException("Redis did not answer within " + timeout, e);
        }
    }

    private <R> R await(Future<R> answer) throws TimeoutException {
        try {
            return answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw failed(e.getCause() == null ? e : e.getCause());
        } catch (CancellationException e) {
            throw new SessionUnavailableException("the connection to Redis was closed", e);
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new SessionUnavailableException("interrupted while waiting for Redis", e);
        }
    }

    private void abandon(@Nullable StatefulRedisConnection<byte[], byte[]> suspect) {
        lock.lock();
        try {
            if (suspect != null && suspect.equals(connection)) {
                drop(suspect);
            }
        } finally {
            lock.unlock();
        }
    }

    /** What Redis refused was not done; for the rest nobody knows. */
    private static SessionBusException failed(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        if (cause instanceof RedisNoScriptException) {
            return new UnknownScriptException(cause);
        }
        return cause instanceof RedisCommandExecutionException
                        && !PASSING.matcher(message).matches()
                ? new SessionBusException("Redis refused: " + message, cause)
                : new SessionUnavailableException("Redis is not available: " + message, cause);
    }

    private StatefulRedisConnection<byte[], byte[]> open() {
        StatefulRedisConnection<byte[], byte[]> current = connection;
        return current != null && current.isOpen() ? current : replace();
    }

    private StatefulRedisConnection<byte[], byte[]> replace() {
        lock.lock();
        try {
            StatefulRedisConnection<byte[], byte[]> current = connection;
            if (current != null && current.isOpen()) {
                return current;
            }
            if (closed) {
                throw new SessionBusException("the session store is closed", null);
            }
            if (failure != null && System.nanoTime() - failedNanos < AGAIN.toNanos()) {
                throw new SessionUnavailableException("Redis cannot be reached: " + failure.getMessage(), failure);
            }
            drop(current);
            return connect();
        } finally {
            lock.unlock();
        }
    }

    private StatefulRedisConnection<byte[], byte[]> connect() {
        try {
            StatefulRedisConnection<byte[], byte[]> fresh =
                    Connecting.within(timeout, () -> client.connect(ByteArrayCodec.INSTANCE));
            fresh.setTimeout(timeout);
            connection = fresh;
            failure = null;
            return fresh;
        } catch (RedisException e) {
            failure = e;
            failedNanos = System.nanoTime();
            throw e;
        }
    }

    private void drop(@Nullable StatefulRedisConnection<byte[], byte[]> old) {
        connection = null;
        if (old != null) {
            CompletableFuture<Void> _ = old.closeAsync();
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
