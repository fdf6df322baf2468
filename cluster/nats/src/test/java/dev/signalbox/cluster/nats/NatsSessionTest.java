package dev.signalbox.cluster.nats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.router.ClusterLink.Channel;
import dev.signalbox.testing.services.RealNats;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a session makes of the answers of a server. */
@Timeout(300)
class NatsSessionTest {
    private static final Channel CHANNEL = new Channel("topic.1");
    private static final Duration SOON = Duration.ofSeconds(60);

    /** Notes at each confirmation whether the last subscription is confirmed. */
    private static final class Owner implements NatsSupervisor.Owner {
        private final BlockingQueue<Boolean> confirmed = new LinkedBlockingQueue<>();

        @Override
        public void use(NatsSession session) {
            throw new UnsupportedOperationException("there is no supervisor");
        }

        @Override
        public void down(String reason) {
            throw new UnsupportedOperationException("there is no supervisor");
        }

        @Override
        public void ended(NatsSession session, String reason) {
            throw new UnsupportedOperationException("there is no supervisor");
        }

        @Override
        public void confirmed(NatsSession session, Channel channel) {
            confirmed.add(session.isConfirmed(channel));
        }
    }

    @Test
    void theEchoBehindTheSubscriptionBeforeDoesNotConfirmThePresentOne() throws Exception {
        try (RealNats nats = RealNats.start()) {
            NatsLinkOptions options = NatsLinkOptions.of(nats.url()).withSilence(SOON);
            NatsConnector.Signals signals = new NatsConnector.Signals();
            Owner owner = new Owner();
            NatsSession session = new NatsSession(
                    new NatsConnector(options).connect(signals),
                    NatsBounds.DEFAULT,
                    options.prefix(),
                    owner,
                    signals.ended());
            assertThat(session.answersWithin(SOON)).isTrue();

            nats.freeze();
            session.subscribe(CHANNEL);
            session.unsubscribe(CHANNEL);
            session.subscribe(CHANNEL);
            nats.thaw();

            assertThat(owner.confirmed.poll(SOON.toSeconds(), TimeUnit.SECONDS)).isFalse();
            assertThat(owner.confirmed.poll(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
            session.close("the test ends");
        }
    }
}
