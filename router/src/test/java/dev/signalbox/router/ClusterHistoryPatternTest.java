package dev.signalbox.router;

import static dev.signalbox.router.ClusterFixture.eventually;
import static dev.signalbox.router.RouterFixture.draft;
import static dev.signalbox.router.RouterFixture.get;
import static dev.signalbox.router.RouterFixture.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.router.ClientSession.Subscribing;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Patterns that stand for topics which all nodes share. */
@Timeout(120)
class ClusterHistoryPatternTest extends ClusterHistoryFixture {
    /** Bob follows all topics of the cluster, and hears by now what others publish. */
    private Follower followPattern() {
        Follower follower = new Follower(
                (Subscribing.Subscribed) bob.subscribe(ClusterFixture.SHARED + "/*", new TopicStart.Now()));
        eventually().until(() -> {
            alice.publish(draft(Address.topic(ClusterFixture.SHARED + "/warm"), "warm"), Optional.empty());
            return !follower.texts().isEmpty();
        });
        return follower;
    }

    private static void awaitHeard(Follower follower, String... texts) {
        eventually()
                .untilAsserted(() -> assertThat(follower.texts())
                        .filteredOn(text -> !text.equals("warm"))
                        .containsExactly(texts));
    }

    @Test
    void aPatternHearsWhatIsPublishedAnywhere() {
        Follower follower = followPattern();

        published(alice, "a");
        awaitHeard(follower, "a");
        published(bob, "b");

        awaitHeard(follower, "a", "b");
    }

    @Test
    void whatComesTooLateForAPatternIsToldAsAGap() {
        Follower follower = followPattern();
        Position early = published(alice, "early");
        awaitHeard(follower, "early");
        ClusterFrame.Entry entry = new ClusterFrame.Entry(
                ClusterFixture.SHARED + "/late", "id", 0, to(Address.topic(ClusterFixture.SHARED + "/late"), "late"));
        Topics topics = ((MessageRouter) two.router).topicTable();

        topics.stored(new ClusterFrame.Stored(early.epoch(), 8, entry));
        topics.stored(new ClusterFrame.Stored(early.epoch(), 7, entry));
        published(alice, "next");

        awaitHeard(follower, "early", "late", Follower.GAP, "next");
    }

    @Test
    void aPatternHearsNothingOldWhenATopicOfItIsLoaded() {
        losesTopicsOf(two, () -> published(alice, "old"));
        Follower follower = followPattern();
        two.history.holds = true;
        Subscribing loading = bob.subscribe(NEWS, new TopicStart.Oldest());
        published(alice, "meanwhile");
        two.history.release();
        assertThat(get(((Subscribing.Later) loading).ready())).isEmpty();
        published(alice, "new");

        awaitHeard(follower, "meanwhile", "new");
        assertThat(follow(bob, new TopicStart.Oldest()).texts()).containsExactly("old", "meanwhile", "new");
    }
}
