package dev.signalbox.ha.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.ha.lease.Fence;
import dev.signalbox.ha.lease.LeaseStore;
import dev.signalbox.testing.contract.ElectionContract;
import dev.signalbox.testing.contract.LeaseStoreContract;
import dev.signalbox.testing.services.RealRedis;
import io.lettuce.core.RedisClient;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Leases in a real Redis. */
class RedisLeaseTest {
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
}
