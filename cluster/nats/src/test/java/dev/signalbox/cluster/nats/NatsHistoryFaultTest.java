package dev.signalbox.cluster.nats;

import dev.signalbox.router.TopicHistory;
import dev.signalbox.testing.contract.FaultyStore;
import dev.signalbox.testing.contract.TopicHistoryFaultContract;
import dev.signalbox.testing.services.RealNats;
import java.time.Duration;

class NatsHistoryFaultTest extends TopicHistoryFaultContract {
    @Override
    protected FaultyStore start() {
        return new NatsBroker(RealNats.startJetStream());
    }

    @Override
    protected TopicHistory history(int port, Duration silence) {
        return NatsLinks.history(
                NatsLinkOptions.of(RealNats.url(port)).withPrefix("test").withSilence(silence));
    }
}
