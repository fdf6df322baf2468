package dev.signalbox.server.deliverycache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.Delivery;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.testing.services.RealRedis;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Redis that takes entries, is killed, frozen, and comes back. */
class DeliveryCacheTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final Duration TTL = Duration.ofHours(1);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    private DeliveryCache cache(RealRedis redis) {
        return cache(redis, TTL);
    }

    private DeliveryCache cache(RealRedis redis, Duration ttl) {
        return new DeliveryCache(
                RedisURI.create(redis.url()), "delivery:", ttl, () -> NOW, new DeliveryCacheMetrics(registry));
    }

    private static UUID accepted(DeliveryCache cache, Optional<String> providerId) {
        UUID id = UUID.randomUUID();
        cache.attempted(delivery(id), new SendResult.Accepted(providerId), Duration.ZERO);
        return id;
    }

    private static Delivery delivery(UUID id) {
        return new Delivery(id, 0, 1, Channel.SMS, "+61400000000", "hello", Map.of(), Duration.ofSeconds(5));
    }

    private double count(String outcome) {
        return registry.get("signalbox.delivery.cache.entries")
                .tag("outcome", outcome)
                .counter()
                .count();
    }

    private static Optional<String> stored(RealRedis redis, UUID id) {
        try (RedisClient client = RedisClient.create(redis.url());
                var connection = client.connect()) {
            return Optional.ofNullable(connection.sync().get("delivery:" + id));
        }
    }

    @Test
    void acceptedMessageIsKeptForItsTime() throws Exception {
        try (RealRedis redis = RealRedis.start();
                DeliveryCache cache = cache(redis);
                RedisClient client = RedisClient.create(redis.url());
                var connection = client.connect()) {
            RedisCommands<String, String> commands = connection.sync();
            UUID id = accepted(cache, Optional.of("provider-7"));
            UUID refused = UUID.randomUUID();
            cache.attempted(delivery(refused), new SendResult.Rejected("never"), Duration.ZERO);
            UUID nameless = accepted(cache, Optional.empty());

            Awaitility.await().until(() -> count("stored") == 2);
            JsonNode entry = JsonMapper.shared().readTree(commands.get("delivery:" + id));
            assertThat(entry.get("message_id").asString()).isEqualTo("provider-7");
            assertThat(entry.get("timestamp").asString()).isEqualTo(NOW.toString());
            assertThat(commands.pttl("delivery:" + id)).isBetween(TTL.toMillis() - 60_000, TTL.toMillis());
            assertThat(commands.exists("delivery:" + refused)).isZero();
            assertThat(commands.exists("delivery:" + nameless)).isOne();
        }
    }

    @Test
    void killedRedisHoldsNobodyUpAndIsUsedAgain() throws Exception {
        try (RealRedis redis = RealRedis.start();
                DeliveryCache cache = cache(redis)) {
            accepted(cache, Optional.of("before"));
            Awaitility.await().until(() -> count("stored") == 1);
            redis.kill();

            long start = System.nanoTime();
            for (int i = 0; i < 3 * DeliveryCache.MOST; i++) {
                accepted(cache, Optional.of("lost"));
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
            Awaitility.await().until(() -> cache.problem().isPresent());
            assertThat(count("lost")).isPositive();

            redis.startAgain();
            Awaitility.await().until(() -> {
                UUID id = accepted(cache, Optional.of("after"));
                return cache.problem().isEmpty() && stored(redis, id).isPresent();
            });
        }
    }

    @Test
    void frozenRedisIsGivenUpAfterItsTime() throws Exception {
        try (RealRedis redis = RealRedis.start();
                DeliveryCache cache = cache(redis)) {
            accepted(cache, Optional.of("before"));
            Awaitility.await().until(() -> count("stored") == 1);
            redis.freeze();
            try {
                accepted(cache, Optional.of("frozen"));
                Awaitility.await().until(() -> cache.problem().isPresent());
                assertThat(count("lost")).isPositive();
            } finally {
                redis.thaw();
            }
        }
    }

    /** A time that is too long for a number of milliseconds: the driver throws what it does not throw for Redis. */
    @Test
    void anyFailureOfTheDriverIsToldAndDoesNotEndTheWriter() {
        try (RealRedis redis = RealRedis.start();
                DeliveryCache cache = cache(redis, Duration.ofSeconds(Long.MAX_VALUE))) {
            for (int lost = 1; lost <= 2; lost++) {
                accepted(cache, Optional.of("lost"));
                int all = lost;
                Awaitility.await().until(() -> count("lost") == all);
            }
            assertThat(cache.problem()).isPresent();
        }
    }

    @Test
    void whatWaitsIsWrittenBeforeItEnds() throws Exception {
        try (RealRedis redis = RealRedis.start()) {
            UUID last;
            try (DeliveryCache cache = cache(redis)) {
                for (int i = 0; i < 500; i++) {
                    accepted(cache, Optional.of("one"));
                }
                last = accepted(cache, Optional.of("last"));
            }
            assertThat(count("stored")).isEqualTo(501);
            assertThat(stored(redis, last)).isPresent();
        }
    }
}
