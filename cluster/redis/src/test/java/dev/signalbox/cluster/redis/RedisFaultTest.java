package dev.signalbox.cluster.redis;

import dev.signalbox.router.ClusterLink;
import dev.signalbox.testing.contract.ClusterLinkFaultContract;
import dev.signalbox.testing.contract.FaultyBroker;
import dev.signalbox.testing.services.RealRedis;

class RedisFaultTest extends ClusterLinkFaultContract {
    @Override
    protected FaultyBroker start() {
        return new RedisBroker(RealRedis.start("appendonly no"));
    }

    @Override
    protected ClusterLink link(int port, Tuning tuning) {
        RedisLinkOptions options =
                RedisLinkOptions.of(RealRedis.url(port)).withPrefix("test").withSilence(tuning.silence());
        return ClusterLink.over(
                new RedisDriver(options, new RedisBounds(tuning.unconfirmedBytes(), tuning.untoldBytes())));
    }
}
