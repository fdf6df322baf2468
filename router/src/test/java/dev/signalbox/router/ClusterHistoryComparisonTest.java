package dev.signalbox.router;

import static dev.signalbox.router.ClusterFixture.eventually;
import static dev.signalbox.router.RouterFixture.draft;
import static dev.signalbox.router.RouterFixture.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.router.ClientSession.Subscribing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * How often the history is read because something may be missing in a partition: after a loss, and when a node is heard there for the first time, whose
 * numbers do not tell then whether something that it published before is missing.
 */
@Timeout(120)
class ClusterHistoryComparisonTest extends ClusterHistoryFixture {
    private final List<String> neighbours = ClusterFixture.neighbours(NEWS, ClusterFixture.SHARED + "/n", 50);

    private static void publishTo(ClientSession session, String topic, String text) {
        settled(session.publish(draft(Address.topic(topic), text), Optional.empty()));
    }

    private static Follower followTopic(ClientSession session, String topic) {
        Subscribing subscribing = session.subscribe(topic, new TopicStart.Oldest());
        if (subscribing instanceof Subscribing.Later(var ready)) {
            assertThat(get(ready)).isEmpty();
            return followTopic(session, topic);
        }
        return new Follower((Subscribing.Subscribed) subscribing);
    }

    /** One has all of the topics. Returns a session on a node of which one has heard nothing in the partition. */
    private ClientSession comes() {
        neighbours.forEach(topic -> publishTo(alice, topic, "x"));
        ClusterFixture.Node three = fixture.node("three");
        ClientSession carol = three.connect("carol", new FakeConnection());
        fixture.settle();
        return carol;
    }

    @Test
    void onlyTopicsThatSomebodyFollowsAreRead() {
        ClientSession carol = comes();
        Follower news = follow(alice);
        followTopic(alice, neighbours.get(7));
        int before = one.history.reads.get();

        published(carol, "first");
        awaitTexts(news, "first");
        awaitCarriedTo(one);

        assertThat(one.history.reads.get() - before).isEqualTo(2);
        published(carol, "second");
        awaitTexts(news, "first", "second");
        awaitCarriedTo(one);
        assertThat(one.history.reads.get() - before).as("it is known by now").isEqualTo(2);
    }

    @Test
    void topicsOfPatternsThatSomebodyFollowsAreReadAsWell() {
        ClientSession carol = comes();
        assertThat(alice.subscribe(ClusterFixture.SHARED + "/n*", new TopicStart.Now()))
                .isInstanceOf(Subscribing.Subscribed.class);
        int before = one.history.reads.get();

        publishTo(carol, neighbours.getFirst(), "y");
        awaitCarriedTo(one);

        assertThat(one.history.reads.get() - before).isEqualTo(neighbours.size());
    }

    @Test
    void theNextWhoFollowsOneOfTheOthersMissesNothing() {
        ClientSession carol = comes();
        Follower news = follow(alice);
        String quiet = neighbours.get(3);

        losesTopicsOf(one, () -> publishTo(carol, quiet, "lost to one"));
        published(carol, "first");
        awaitTexts(news, "first");
        awaitCarriedTo(one);

        assertThat(followTopic(alice, quiet).texts()).containsExactly("x", "lost to one");
    }

    @Test
    void aLossIsLookedForWhereSomebodyFollows() {
        comes();
        follow(alice);
        followTopic(alice, neighbours.get(7));
        int before = one.history.reads.get();

        ((ClusterMember) one.cluster).lost(ClusterInterest.channel(NEWS));

        assertThat(one.history.reads.get() - before).isEqualTo(2);
    }

    @Test
    void noMoreThanSomeAreReadAtATime() {
        ClientSession carol = comes();
        List<Follower> followers = new ArrayList<>();
        neighbours.subList(0, 30).forEach(topic -> followers.add(followTopic(alice, topic)));
        int before = one.history.reads.get();
        one.history.holds = true;

        publishTo(carol, neighbours.getLast(), "y");
        awaitCarriedTo(one);
        assertThat(one.history.reads.get() - before).isEqualTo(HistoryComparisons.MOST);

        one.history.release();
        eventually().until(() -> one.history.reads.get() - before == followers.size());
    }
}
