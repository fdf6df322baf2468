package dev.signalbox.cluster.redis;

import dev.signalbox.router.ClusterLink;
import dev.signalbox.testing.contract.ClusterLinkContract;
import dev.signalbox.testing.services.RealRedis;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class RedisLinkTest extends ClusterLinkContract {
    private static RealRedis redis;

    @BeforeAll
    static void startRedis() {
        redis = RealRedis.start("appendonly no");
    }

    @AfterAll
    static void closeRedis() {
        redis.close();
    }

    @Override
    protected ClusterLink link(String cluster) {
        return RedisLinks.create(
                RedisLinkOptions.of(redis.url()).withPrefix(cluster).withSilence(Duration.ofSeconds(20)));
    }

    @Override
    protected void stopBroker() {
        redis.kill();
    }

    @Override
    protected void startBroker() {
        redis.startAgain();
    }
}
