package dev.signalbox.server.deliverycache;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.DispatcherListener;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.server.configuration.FailureText;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Has Redis keep, for each message that a provider accepted, what it called it, and when: {@code delivery:ID} →
 * <code>{"message_id": …, "timestamp": …}</code>, for a time. Best effort: the dispatcher's threads only put an entry into a queue of
 * {@link #MOST}; a thread of its own writes to Redis. While Redis is away or too slow, entries above that are lost, and so are
 * those that a write failed with; they are counted. Thread-safe.
 */
final class DeliveryCache implements DispatcherListener, AutoCloseable {
    /** How many entries wait at most. */
    static final int MOST = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(DeliveryCache.class);
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int BATCH = 500;
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private record Entry(UUID id, Optional<String> providerId, Instant at) {
        String json() {
            return JSON.writeValueAsString(new Stored(providerId.orElse(null), at.toString()));
        }
    }

    /** With the names of go-message-dispatcher. */
    private record Stored(
            @JsonProperty("message_id") @Nullable String messageId, String timestamp) {}

    private final RedisClient client;
    private final String prefix;
    private final Duration ttl;
    private final InstantSource clock;
    private final DeliveryCacheMetrics metrics;
    private final BlockingQueue<Entry> waiting = new ArrayBlockingQueue<>(MOST);
    private final Thread writer;
    private volatile @Nullable String problem;
    private volatile boolean closed;

    /** Only the writer touches it. */
    private @Nullable StatefulRedisConnection<String, String> connection;

    DeliveryCache(RedisURI uri, String prefix, Duration ttl, InstantSource clock, DeliveryCacheMetrics metrics) {
        uri.setTimeout(PATIENCE);
        this.client = RedisClient.create(uri);
        // The writer connects anew by itself; what was under way then is not sent again.
        client.setOptions(ClientOptions.builder().autoReconnect(false).build());
        this.prefix = prefix;
        this.ttl = ttl;
        this.clock = clock;
        this.metrics = metrics;
        this.writer = Thread.ofVirtual().name("signalbox-delivery-cache").start(this::run);
    }

    /** Never blocks. */
    @Override
    public void attempted(Delivery delivery, SendResult result, Duration took) {
        if (result instanceof SendResult.Accepted(Optional<String> providerId)
                && !waiting.offer(new Entry(delivery.id(), providerId, clock.instant()))) {
            metrics.lost(1);
        }
    }

    /** Why entries are lost, while they are. */
    Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    private void run() {
        try {
            while (!closed || !waiting.isEmpty()) {
                List<Entry> batch = batch();
                if (!batch.isEmpty() && !write(batch)) {
                    if (closed) {
                        return;
                    }
                    Thread.sleep(PAUSE);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            metrics.lost(waiting.size());
        }
    }

    private List<Entry> batch() throws InterruptedException {
        List<Entry> batch = new ArrayList<>(BATCH);
        Entry first = waiting.poll(100, TimeUnit.MILLISECONDS);
        if (first != null) {
            batch.add(first);
            waiting.drainTo(batch, BATCH - 1);
        }
        return batch;
    }

    private boolean write(List<Entry> batch) throws InterruptedException {
        int stored = 0;
        try {
            List<RedisFuture<String>> answers = send(open(), batch);
            long end = System.nanoTime() + PATIENCE.toNanos();
            for (RedisFuture<String> answer : answers) {
                if (!answer.await(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                    throw new RedisException("no answer within " + PATIENCE.toSeconds() + " s");
                }
                if (answer.getError() != null) {
                    throw new RedisException(answer.getError());
                }
                stored++;
            }
            works();
            return true;
        } catch (RuntimeException e) { // Whatever it is: the thread goes on, or all later entries would be lost.
            failed(e);
            return false;
        } finally {
            metrics.stored(stored);
            metrics.lost(batch.size() - stored);
        }
    }

    private List<RedisFuture<String>> send(StatefulRedisConnection<String, String> through, List<Entry> batch) {
        SetArgs expiring = SetArgs.Builder.px(ttl);
        List<RedisFuture<String>> answers = new ArrayList<>(batch.size());
        for (Entry entry : batch) {
            answers.add(through.async().set(prefix + entry.id(), entry.json(), expiring));
        }
        return answers;
    }

    private StatefulRedisConnection<String, String> open() {
        StatefulRedisConnection<String, String> current = connection;
        if (current == null || !current.isOpen()) {
            current = client.connect();
            connection = current;
        }
        return current;
    }

    private void works() {
        if (problem != null) {
            problem = null;
            LOG.info("Redis keeps deliveries again");
        }
    }

    /** Logged once per outage. */
    private void failed(RuntimeException failure) {
        StatefulRedisConnection<String, String> broken = connection;
        connection = null;
        if (broken != null) {
            var _ = broken.closeAsync();
        }
        if (problem == null) {
            LOG.warn(
                    "Redis is away, so deliveries are not kept there; messages go on. Next try in {} s",
                    PAUSE.toSeconds(),
                    failure);
        }
        problem = "deliveries are not kept in Redis: " + FailureText.of(failure);
    }

    /** Gives what waits a moment to be written. */
    @Override
    public void close() {
        closed = true;
        try {
            if (!writer.join(PATIENCE.plus(PAUSE))) {
                writer.interrupt();
                writer.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        client.shutdown();
    }
}
