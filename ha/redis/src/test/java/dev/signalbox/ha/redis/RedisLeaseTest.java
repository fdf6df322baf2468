package dev.signalbox.ha.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.ha.lease.Acquisition;
import dev.signalbox.ha.lease.Fence;
import dev.signalbox.ha.lease.LeaseStore;
import dev.signalbox.testing.contract.ElectionContract;
import dev.signalbox.testing.contract.LeaseStoreContract;
import dev.signalbox.testing.services.RealRedis;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Leases in a real Redis. */
class RedisLeaseTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static RedisClient client = RedisClient.create();

    private final String prefix = "{" + UUID.randomUUID() + "}:";

    @BeforeAll
    static void connect() {
        client = RedisClient.create(RealRedis.shared().url());
    }

    @AfterAll
    static void disconnect() {
        client.shutdown();
    }

    @Nested
    class Store extends LeaseStoreContract {
        @Override
        protected LeaseStore connect() {
            return RedisLeases.open(client, prefix);
        }

        @Override
        protected boolean hints() {
            return true;
        }
    }

    @Nested
    class Elections extends ElectionContract {
        @Override
        protected LeaseStore connect() {
            return RedisLeases.open(client, prefix);
        }
    }

    @Test
    void theFenceAdmitsTheNewestEpochAndNoOlderOne() {
        Fence fence = RedisLeases.fence(client, prefix);

        assertThat(fence.admits("a", 9)).isTrue();
        assertThat(fence.admits("a", 9)).isTrue();
        assertThat(fence.admits("a", 10)).isTrue();
        assertThat(fence.admits("a", 9)).isFalse();
        assertThat(fence.admits("a", Long.MAX_VALUE)).isTrue();
        assertThat(fence.admits("a", Long.MAX_VALUE - 1)).isFalse();
        assertThat(fence.admits("b", 1)).isTrue();
    }

    /** Its time alone would be an older epoch then. */
    @Test
    void epochsGrowAlsoWhereTheServersClockWentBack() {
        long ahead = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now().plus(Duration.ofHours(1)));
        try (LeaseStore store = RedisLeases.open(client, prefix);
                StatefulRedisConnection<String, String> direct = client.connect()) {
            direct.sync()
                    .hset(
                            prefix + "a",
                            Map.of("owner", "one", "epoch", Long.toString(ahead), "until", Long.toString(2 * ahead)));

            assertThat(store.release("a", "one", ahead)).isTrue();

            assertThat(store.acquire("a", "two", MINUTE)).isEqualTo(new Acquisition.Granted(ahead + 1));
        }
    }

    @Test
    void aGrantAndAReleaseAreToldEach() {
        AtomicInteger told = new AtomicInteger();
        try (LeaseStore store = RedisLeases.open(client, prefix);
                StatefulRedisPubSubConnection<String, String> listening = client.connectPubSub()) {
            listening.addListener(new RedisPubSubAdapter<>() {
                @Override
                public void message(String channel, String message) {
                    told.incrementAndGet();
                }
            });
            listening.sync().subscribe(prefix + "a");

            store.acquire("a", "one", MINUTE);
            Awaitility.await("the grant").atMost(MINUTE).until(() -> told.get() == 1);
            long epoch = store.find("a").orElseThrow().epoch();
            assertThat(store.release("a", "one", epoch)).isTrue();
            Awaitility.await("the release").atMost(MINUTE).until(() -> told.get() == 2);
        }
    }
}
