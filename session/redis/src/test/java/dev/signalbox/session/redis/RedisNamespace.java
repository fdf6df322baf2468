package dev.signalbox.session.redis;

import dev.signalbox.session.bus.Retention;
import dev.signalbox.session.bus.SessionStore;
import dev.signalbox.testing.services.RealRedis;
import io.lettuce.core.RedisClient;
import java.time.InstantSource;
import java.util.UUID;

/** A namespace of its own in the real Redis that all tests share. */
final class RedisNamespace implements AutoCloseable {
    private final String name = "test:" + UUID.randomUUID();
    private final RedisClient client = RedisClient.create(RealRedis.shared().url());

    SessionStore connect(Retention retention, InstantSource clock) {
        return RedisSessions.open(client, name, retention, clock);
    }

    @Override
    public void close() {
        client.shutdown();
    }
}
