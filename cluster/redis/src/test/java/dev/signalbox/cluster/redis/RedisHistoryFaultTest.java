package dev.signalbox.cluster.redis;

import dev.signalbox.router.TopicHistory;
import dev.signalbox.testing.contract.FaultyStore;
import dev.signalbox.testing.contract.TopicHistoryFaultContract;
import dev.signalbox.testing.services.RealRedis;
import java.time.Duration;

class RedisHistoryFaultTest extends TopicHistoryFaultContract {
    @Override
    protected FaultyStore start() {
        return new RedisBroker(RealRedis.start("appendonly no"));
    }

    @Override
    protected TopicHistory history(int port, Duration silence) {
        return RedisLinks.history(
                RedisLinkOptions.of(RealRedis.url(port)).withPrefix("test").withSilence(silence));
    }
}
