package dev.signalbox.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a node follows what others publish, and the presence that they tell of; over a link whose broker confirms when the test wants it. */
class ClusterInterestTest {
    private static final String ROOM = ClusterFixture.ROOMS + "7";

    /** Keeps what waits to be confirmed. */
    private static final class SlowLink implements ClusterLink {
        private final List<CompletableFuture<Void>> subscriptions = new ArrayList<>();

        @Override
        public int maxBytes() {
            return LEAST_MAX_BYTES;
        }

        @Override
        public void start(Listener listener) {
            throw new UnsupportedOperationException("nothing is heard in this test");
        }

        @Override
        public CompletionStage<Void> publish(Channel channel, byte[] bytes) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<Void> subscribe(Channel channel) {
            subscriptions.add(new CompletableFuture<>());
            return subscriptions.getLast();
        }

        @Override
        public void unsubscribe(Channel channel) {
            // As if the broker had just confirmed it: then the subscription does not fail.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }

    private final SlowLink link = new SlowLink();
    private final SettableClock clock = new SettableClock();
    private final ClusterWriter writer =
            new ClusterWriter(link, new ClusterEnvelope(ClusterFixture.SECRET), UUID.randomUUID(), false);
    private final ClusterSender sender = new ClusterSender(
            writer, new ClusterCodec(clock), ClusterOptions.of("one", ClusterFixture.SECRET), link.maxBytes());
    private final ClusterPresence presence = new ClusterPresence(clock, sender);
    private final ClusterInterest interest = new ClusterInterest(link, new ClusterSequences(), presence);

    @AfterEach
    void close() {
        writer.close();
    }

    /** Whether the presence in the room is followed: then it is known at once, as there is no other node. */
    private boolean isFollowed() {
        writer.up();
        return presence.known(ROOM).isDone();
    }

    @Test
    void presenceIsFollowedOnceTheSubscriptionIsConfirmed() {
        CompletableFuture<?> opened = interest.opened(ROOM, name -> true).toCompletableFuture();
        assertThat(isFollowed()).isFalse();
        assertThat(opened).isNotDone();

        link.subscriptions.getFirst().complete(null);

        assertThat(isFollowed()).isTrue();
        assertThat(opened).isDone();
    }

    /** The confirmation is handled by the link's thread, when a topic has ended on another just before. */
    @Test
    void aConfirmationThatComesAfterTheTopicHasEndedFollowsNothing() {
        var _ = interest.opened(ROOM, name -> true);
        interest.closed(ROOM, name -> false);

        link.subscriptions.getFirst().complete(null);

        assertThat(isFollowed()).isFalse();
    }

    @Test
    void theConfirmationOfTheSubscriptionBeforeIsNotTakenForThatOfThePresentOne() {
        var _ = interest.opened(ROOM, name -> true);
        interest.closed(ROOM, name -> false);
        var _ = interest.opened(ROOM, name -> true);

        link.subscriptions.getFirst().complete(null);
        assertThat(isFollowed()).isFalse();

        link.subscriptions.getLast().complete(null);
        assertThat(isFollowed()).isTrue();
    }

    @Test
    void presenceIsFollowedAsLongAsSomebodyAsks() {
        assertThat(interest.asked(ROOM)).as("the first has to end it").isTrue();
        link.subscriptions.getFirst().complete(null);
        assertThat(interest.asked(ROOM)).isFalse();
        assertThat(interest.asked(ROOM)).isFalse();

        assertThat(interest.answered(ROOM)).as("somebody asked since").isTrue();
        assertThat(isFollowed()).isTrue();

        assertThat(interest.answered(ROOM)).isFalse();
        assertThat(isFollowed()).isFalse();
        assertThat(interest.asked(ROOM)).isTrue();
    }
}
