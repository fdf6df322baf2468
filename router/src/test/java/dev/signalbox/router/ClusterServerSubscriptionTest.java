package dev.signalbox.router;

import static dev.signalbox.router.ClusterFixture.eventually;
import static dev.signalbox.router.RouterFixture.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.signalbox.router.ClientSession.Publishing;
import dev.signalbox.router.ClientSession.Subscribing;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Subscriptions that the server begins and ends for sessions of other nodes, and topics that it publishes to where they are open. */
@Timeout(120)
class ClusterServerSubscriptionTest {
    private static final Address.Topic NEWS = Address.topic("news");

    private final ClusterFixture fixture = new ClusterFixture();
    private final ClusterFixture.Node one = fixture.node("one");
    private final ClusterFixture.Node two = fixture.node("two");

    @AfterEach
    void close() {
        fixture.close();
    }

    /** A connection that notes what the server wishes. */
    private static final class Wishes extends FakeConnection {
        private final Queue<String> noted = new ConcurrentLinkedQueue<>();

        @Override
        public boolean subscribe(String topic) {
            return noted.add("subscribe " + topic);
        }

        @Override
        public boolean unsubscribe(String topic) {
            return noted.add("unsubscribe " + topic);
        }
    }

    @Test
    void theWishReachesTheNodeThatHasTheSession() {
        Wishes wishes = new Wishes();
        UUID alice = two.connect("alice", wishes).info().id();
        fixture.settle();

        assertThat(one.router.subscribe(alice, "news")).isTrue();
        assertThat(one.router.unsubscribe(alice, "rooms/*")).isTrue();

        eventually()
                .untilAsserted(() -> assertThat(wishes.noted).containsExactly("subscribe news", "unsubscribe rooms/*"));
    }

    /** Otherwise a session might keep a topic that it was told to leave. */
    @Test
    void wishesForASessionAreFulfilledInTheirOrder() {
        Wishes wishes = new Wishes();
        UUID alice = two.connect("alice", wishes).info().id();
        fixture.settle();
        List<String> wished = new ArrayList<>();

        for (int i = 0; i < 500; i++) {
            assertThat(one.router.subscribe(alice, "news")).isTrue();
            assertThat(one.router.unsubscribe(alice, "news")).isTrue();
            wished.addAll(List.of("subscribe news", "unsubscribe news"));
        }

        eventually().until(() -> wishes.noted.size() == wished.size());
        assertThat(wishes.noted).containsExactlyElementsOf(wished);
    }

    @Test
    void whatCannotBeIsSaidAtOnce() {
        UUID alice = two.connect("alice", new Wishes()).info().id();
        fixture.settle();
        assertThat(one.router.subscribe(UUID.randomUUID(), "news")).isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> one.router.subscribe(alice, "a b"));
        fixture.broker.stop();
        eventually().until(() -> one.cluster.problem().isPresent());

        assertThat(one.router.subscribe(alice, "news")).as("the broker is away").isFalse();
    }

    @Test
    void whatIsPublishedWhereTheTopicIsOpenReachesOtherNodesAndBeginsNoTopic() {
        ClientSession alice = two.connect("alice", new FakeConnection());
        assertThat(alice.subscribe("news", new TopicStart.Now())).isInstanceOf(Subscribing.Subscribed.class);
        fixture.settle();

        assertThat(one.router.publishWhereOpen(to(NEWS, "hello"))).isEqualTo(new Publishing.Passed());

        eventually()
                .untilAsserted(() -> assertThat(
                                two.router.read("news", 0, 1_000).orElseThrow().publications())
                        .singleElement()
                        .satisfies(each -> assertThat(each.message().payload()).isEqualTo(Payload.text("hello"))));
        assertThat(one.router.topics()).isEmpty();
        assertThat(two.router.publishWhereOpen(to(NEWS, "again"))).isInstanceOf(Publishing.Published.class);
    }

    private static Follower follow(ClientSession session, String topic) {
        return new Follower((Subscribing.Subscribed) session.subscribe(topic, new TopicStart.Now()));
    }

    /** Topics share channels; the numbers of a channel would tell a loss to all of them. */
    @Test
    void whatCannotBePublishedIsMissingOnlyForThoseWhoFollowItsTopic() {
        ClientSession alice = two.connect("alice", new FakeConnection());
        String other = ClusterFixture.neighbour("news", "other");
        String unfollowed = ClusterFixture.neighbour("news", "unfollowed");
        Follower news = follow(alice, "news");
        Follower others = follow(alice, other);
        fixture.settle();
        one.router.publishWhereOpen(to(Address.topic(other), "before"));
        eventually().untilAsserted(() -> assertThat(others.texts()).containsExactly("before"));

        one.link.down();
        one.router.publishWhereOpen(to(NEWS, "lost"));
        one.router.publishWhereOpen(to(Address.topic(unfollowed), "lost"));
        one.link.up();
        one.router.publishWhereOpen(to(NEWS, "after"));
        one.router.publishWhereOpen(to(Address.topic(other), "after"));

        eventually().untilAsserted(() -> {
            assertThat(news.texts()).containsExactly(Follower.GAP, "after");
            assertThat(others.texts()).containsExactly("before", "after");
        });
        assertThat(two.router.topics()).extracting(TopicInfo::name).containsExactlyInAnyOrder("news", other);
    }

    @Test
    void aGapIsToldOnceTheLinkIsBackThoughNothingFollows() {
        two.connect("alice", new FakeConnection()).subscribe("news", new TopicStart.Now());
        fixture.settle();
        one.link.down();
        one.router.publishWhereOpen(to(NEWS, "lost"));

        one.link.up();

        eventually().until(() -> two.router.topic("news").orElseThrow().last() == 1);
        assertThat(two.router.read("news", 0, 1_000).orElseThrow().publications())
                .isEmpty();
    }
}
