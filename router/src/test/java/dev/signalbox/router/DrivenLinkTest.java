package dev.signalbox.router;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.router.ClusterLink.Channel;
import dev.signalbox.testing.services.Effort;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a link makes of what its driver tells it. What brokers do to drivers is in the contracts of links. */
@Timeout(300)
class DrivenLinkTest {
    private static final int ROUNDS = Effort.of(2_000, 200_000);
    private static final Channel CHANNEL = new Channel("topic.1");

    /** A session that takes everything, and the placement of all channels on it. */
    private static final class Everything implements ClusterLinkDriver.Session, ClusterLinkDriver.Placement {
        /** Whether the server has answered to the last subscription. */
        private volatile boolean isConfirmed = true;

        @Override
        public boolean isConfirmed(Channel channel) {
            return isConfirmed;
        }

        @Override
        public void subscribe(Channel channel) {
            // The test confirms it.
        }

        @Override
        public void unsubscribe(Channel channel) {
            // There is nothing to undo.
        }

        @Override
        public CompletableFuture<Void> publish(Channel channel, byte[] bytes) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public Optional<String> end() {
            return Optional.empty();
        }

        @Override
        public List<Everything> sessions() {
            return List.of(this);
        }

        @Override
        public Optional<Everything> of(Channel channel) {
            return Optional.of(this);
        }
    }

    /** Hands what it would tell over to the test. */
    private static final class Driver implements ClusterLinkDriver {
        private @Nullable Events events;

        Events events() {
            return Objects.requireNonNull(events);
        }

        @Override
        public int maxBytes() {
            return ClusterLink.LEAST_MAX_BYTES;
        }

        @Override
        public long maxUntoldBytes() {
            return 1 << 20;
        }

        @Override
        public Connecting start(Events told) {
            events = told;
            return () -> {}; // There is nothing to end.
        }
    }

    /** Notes whether a loss was told before the one publication. */
    private static final class Listener implements ClusterLink.Listener {
        private final CountDownLatch received = new CountDownLatch(1);
        private volatile boolean lost;

        @Override
        public void received(Channel channel, byte[] bytes) {
            received.countDown();
        }

        @Override
        public void up() {
            // Of no interest here.
        }

        @Override
        public void down(String reason) {
            // Of no interest here.
        }

        @Override
        public void lost(Channel channel) {
            lost = true;
        }
    }

    /** Who was told that the channel is subscribed to relies on hearing of everything from then on, or of the loss. */
    @Test
    void aSessionThatEndsWhileItConfirmsIsToldAsALossOnceTheChannelIsBack() throws Exception {
        try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
            for (int round = 0; round < ROUNDS; round++) {
                confirmAndEndAtOnce(threads);
            }
        }
    }

    private static void confirmAndEndAtOnce(ExecutorService threads) throws Exception {
        Driver driver = new Driver();
        Listener listener = new Listener();
        try (ClusterLink link = ClusterLink.over(driver)) {
            link.start(listener);
            Everything first = new Everything();
            driver.events().use(first, Optional.empty());
            CompletableFuture<Void> subscribed = link.subscribe(CHANNEL).toCompletableFuture();
            CyclicBarrier together = new CyclicBarrier(2);
            Future<?> ended = threads.submit(() -> {
                RouterFixture.await(together);
                driver.events().ended(first, "the test ends it");
            });
            RouterFixture.await(together);
            driver.events().confirmed(first, CHANNEL);
            ended.get();
            boolean wasSubscribed = subscribed.isDone();

            Everything second = new Everything();
            driver.events().use(second, Optional.empty());
            driver.events().confirmed(second, CHANNEL);
            driver.events().received(second, CHANNEL, new byte[] {1});
            RouterFixture.await(listener.received);

            assertThat(listener.lost).isEqualTo(wasSubscribed);
        }
    }

    /** It was unsubscribed from and subscribed to again before the server had answered. */
    @Test
    void anAnswerToTheSubscriptionBeforeConfirmsNothing() {
        Driver driver = new Driver();
        try (ClusterLink link = ClusterLink.over(driver)) {
            link.start(new Listener());
            Everything session = new Everything();
            session.isConfirmed = false;
            driver.events().use(session, Optional.empty());
            var _ = link.subscribe(CHANNEL);
            link.unsubscribe(CHANNEL);
            CompletableFuture<Void> subscribed = link.subscribe(CHANNEL).toCompletableFuture();

            driver.events().confirmed(session, CHANNEL);
            assertThat(subscribed).isNotDone();

            session.isConfirmed = true;
            driver.events().confirmed(session, CHANNEL);
            assertThat(subscribed).isCompleted();
        }
    }
}
