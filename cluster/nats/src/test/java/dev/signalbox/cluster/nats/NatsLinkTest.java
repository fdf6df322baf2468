package dev.signalbox.cluster.nats;

import dev.signalbox.router.ClusterLink;
import dev.signalbox.testing.contract.ClusterLinkContract;
import dev.signalbox.testing.services.RealNats;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class NatsLinkTest extends ClusterLinkContract {
    private static RealNats nats;

    @BeforeAll
    static void startNats() {
        nats = RealNats.start();
    }

    @AfterAll
    static void closeNats() {
        nats.close();
    }

    @Override
    protected ClusterLink link(String cluster) {
        return NatsLinks.create(
                NatsLinkOptions.of(nats.url()).withPrefix(cluster).withSilence(Duration.ofSeconds(20)));
    }

    @Override
    protected void stopBroker() {
        nats.kill();
    }

    @Override
    protected void startBroker() {
        nats.startAgain();
    }
}
