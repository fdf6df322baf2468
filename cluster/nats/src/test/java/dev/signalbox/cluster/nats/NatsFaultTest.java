package dev.signalbox.cluster.nats;

import dev.signalbox.router.ClusterLink;
import dev.signalbox.testing.contract.ClusterLinkFaultContract;
import dev.signalbox.testing.contract.FaultyBroker;
import dev.signalbox.testing.services.RealNats;

class NatsFaultTest extends ClusterLinkFaultContract {
    @Override
    protected FaultyBroker start() {
        return new NatsBroker(RealNats.start());
    }

    @Override
    protected ClusterLink link(int port, Tuning tuning) {
        NatsLinkOptions options =
                NatsLinkOptions.of(RealNats.url(port)).withPrefix("test").withSilence(tuning.silence());
        return ClusterLink.over(
                new NatsDriver(options, new NatsBounds(tuning.unconfirmedBytes(), 256 << 10, tuning.untoldBytes())));
    }
}
