package dev.signalbox.router;

import static dev.signalbox.router.ClusterFixture.eventually;
import static dev.signalbox.router.RouterFixture.draft;
import static dev.signalbox.router.RouterFixture.get;
import static dev.signalbox.router.RouterFixture.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.router.ClientSession.Publishing;
import dev.signalbox.router.ClientSession.Subscribing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Topics whose order and history are the cluster's. */
@Timeout(120)
class ClusterHistoryTest extends ClusterHistoryFixture {
    @Test
    void aTopicHasOneEpochOneOrderAndOneCountOfOffsetsOnAllNodes() {
        Follower onOne = follow(alice);
        Follower onTwo = follow(bob);

        Position first = published(alice, "a");
        Position second = published(bob, "b");
        Position third = published(alice, "c");

        awaitTexts(onOne, "a", "b", "c");
        awaitTexts(onTwo, "a", "b", "c");
        assertThat(onTwo.offsets())
                .isEqualTo(onOne.offsets())
                .containsExactly(first.offset(), second.offset(), third.offset());
        assertThat(second).isEqualTo(new Position(first.epoch(), first.offset() + 1));
        assertThat(third).isEqualTo(new Position(first.epoch(), first.offset() + 2));
        assertThat(one.router.topic(NEWS).orElseThrow().epoch())
                .isEqualTo(two.router.topic(NEWS).orElseThrow().epoch());
    }

    @Test
    void whoComesToAnotherNodeMissesNothingAndGetsNothingTwice() {
        Follower before = follow(alice);
        published(alice, "a", "b");
        awaitTexts(before, "a", "b");
        Position seen = before.position();
        published(alice, "c", "d");

        Follower onTwo = follow(bob, new TopicStart.After(seen));
        ClusterFixture.Node three = fixture.node("three");
        Follower onThree = follow(three.connect("carol", new FakeConnection()), new TopicStart.After(seen));
        published(bob, "e");

        assertThat(onTwo.recovered()).isTrue();
        assertThat(onThree.recovered()).isTrue();
        awaitTexts(onTwo, "c", "d", "e");
        awaitTexts(onThree, "c", "d", "e");
        awaitTexts(before, "a", "b", "c", "d", "e");
    }

    @Test
    void whoComesFromANodeThatIsAheadGetsWhatIsNextAndNothingTwice() {
        Follower ahead = follow(alice);
        Follower behind = follow(bob);
        losesTopicsOf(two, () -> published(alice, "a", "b"));
        assertThat(behind.texts()).isEmpty();

        Follower back = follow(bob, new TopicStart.After(ahead.position()));
        Follower liar =
                follow(bob, new TopicStart.After(new Position(ahead.topic().epoch(), Long.MAX_VALUE)));
        published(alice, "c");

        assertThat(back.recovered()).isTrue();
        awaitTexts(back, "c");
        awaitTexts(behind, "a", "b", "c");
        assertThat(liar.recovered()).isFalse();
    }

    @Test
    void whoWantsMoreThanIsKeptIsToldSo() {
        Position first = published(alice, "first");
        published(alice, IntStream.range(0, 1_000).mapToObj(i -> "m" + i).toArray(String[]::new));

        Subscribing.Subscribed late =
                subscribe(bob, new TopicStart.After(new Position(first.epoch(), first.offset() - 1)));
        Subscribing.Subscribed inTime = subscribe(bob, new TopicStart.After(first));

        assertThat(late.recovered()).isFalse();
        assertThat(inTime.recovered()).isTrue();
        assertThat(new Follower(inTime).texts()).hasSize(1_000).startsWith("m0");
    }

    @Test
    void aNodeThatHasOnlyTheNewestLoadsTheRestForWhoAsks() {
        Position first = published(alice, "a");
        published(alice, "b");
        awaitCarriedTo(two);
        published(bob, "c", "d");
        assertThat(kept(two)).containsExactly("c", "d");

        Follower onTwo = follow(bob, new TopicStart.After(first));

        assertThat(onTwo.recovered()).isTrue();
        awaitTexts(onTwo, "b", "c", "d");
    }

    /** Other nodes are told of a message after its publisher: one that begins the topic meanwhile gets it with what follows. */
    @Test
    void aNodeThatBeginsATopicAlsoKeepsWhatWasStillOnItsWayToIt() {
        two.history.holds = true;
        Publishing own = publish(bob, "c");
        Position first = published(alice, "a");
        published(alice, "b");
        eventually().untilAsserted(() -> assertThat(kept(two)).containsExactly("a", "b"));
        two.history.release();

        assertThat(settled(own)).isInstanceOf(Publishing.Published.class);
        assertThat(kept(two)).containsExactly("a", "b", "c");
        Follower onTwo = follow(bob, new TopicStart.After(first));
        assertThat(onTwo.recovered()).isTrue();
        awaitTexts(onTwo, "b", "c");
    }

    private static List<String> kept(ClusterFixture.Node node) {
        return node.router.read(NEWS, 0, 1 << 20).orElseThrow().publications().stream()
                .map(each -> ((Payload.Text) each.message().payload()).value())
                .toList();
    }

    /** The rules of topics are to be the same on all nodes. */
    @Test
    void aNodeForWhichTheTopicIsItsOwnHearsNothingOfItAndIsNotHeard() {
        fixture.options =
                ClusterFixture.OPTIONS.withTopics(RouterOptions.defaults().topics());
        ClusterFixture.Node alone = fixture.node("alone");
        ClientSession carol = alone.connect("carol", new FakeConnection());
        fixture.settle();
        Follower there = follow(carol);
        Follower here = follow(bob);

        published(alice, "shared");
        published(carol, "own");

        fixture.nodes.forEach(this::awaitCarriedTo);
        assertThat(there.texts()).containsExactly("own");
        awaitTexts(here, "shared");
    }

    @Test
    void aKeyIsKnownOnAllNodes() {
        ClientSession elsewhere = two.connect("alice", new FakeConnection());
        Follower follower = follow(bob);

        Publishing first = settled(alice.publish(draft(TOPIC, "x"), Optional.of("key")));
        Publishing again = settled(elsewhere.publish(draft(TOPIC, "x"), Optional.of("key")));
        Publishing ofAnother = settled(bob.publish(draft(TOPIC, "y"), Optional.of("key")));

        Position position = ((Publishing.Published) first).position();
        assertThat(first).isEqualTo(new Publishing.Published(position, false));
        assertThat(again).isEqualTo(new Publishing.Published(position, true));
        assertThat(ofAnother)
                .isInstanceOfSatisfying(
                        Publishing.Published.class,
                        each -> assertThat(each.repeated()).isFalse());
        awaitTexts(follower, "x", "y");
    }

    @Test
    void publishersOnAllNodesAtOnceMakeOneOrderWithoutHoles() throws InterruptedException {
        ClusterFixture.Node three = fixture.node("three");
        List<Follower> followers = new ArrayList<>();
        for (ClusterFixture.Node node : fixture.nodes) {
            followers.add(follow(node.connect("reader", new FakeConnection())));
        }
        List<Thread> publishers = new ArrayList<>();
        for (ClusterFixture.Node node : List.of(one, two, three)) {
            ClientSession session = node.connect("writer-" + node.name, new FakeConnection());
            publishers.add(Thread.startVirtualThread(() -> {
                for (int i = 0; i < 200; i++) {
                    publish(session, node.name + " " + i);
                }
            }));
        }
        for (Thread publisher : publishers) {
            publisher.join();
        }

        fixture.passUntil(
                Duration.ofMinutes(1),
                () -> assertThat(followers)
                        .allSatisfy(each -> assertThat(each.texts()).hasSize(600)));
        List<String> order = followers.getFirst().texts();
        assertThat(order).doesNotHaveDuplicates().doesNotContain(Follower.GAP);
        assertThat(followers).allSatisfy(each -> assertThat(each.texts()).isEqualTo(order));
        for (ClusterFixture.Node node : List.of(one, two, three)) {
            assertThat(order.stream().filter(each -> each.startsWith(node.name + " ")))
                    .containsExactlyElementsOf(IntStream.range(0, 200)
                            .mapToObj(i -> node.name + " " + i)
                            .toList());
        }
    }

    @Test
    void aSubscriberWaitsForAHistoryThatTakesItsTimeAndUsesUpNoMoreTopicsThanItMay() {
        published(alice, "a");
        two.history.holds = true;

        Subscribing waiting = bob.subscribe(NEWS, new TopicStart.Oldest());
        assertThat(waiting).isInstanceOf(Subscribing.Later.class);
        for (int i = 1; i < 100; i++) {
            assertThat(bob.subscribe(ClusterFixture.SHARED + i, new TopicStart.Now()))
                    .isInstanceOf(Subscribing.Later.class);
        }
        assertThat(bob.subscribe(ClusterFixture.SHARED + 100, new TopicStart.Now()))
                .isInstanceOf(Subscribing.Refused.class);
        two.history.release();

        assertThat(get(((Subscribing.Later) waiting).ready())).isEmpty();
        awaitTexts(follow(bob, new TopicStart.Oldest()), "a");
    }

    @Test
    void aTopicIsKeptForThoseWhoWaitForItsHistory() {
        one.history.holds = true;
        Publishing waiting = publish(alice, "a");
        Publishing behind = publish(alice, "b");

        // Longer than a topic without subscribers and messages is kept.
        for (int i = 0; i < 25; i++) {
            fixture.pass(Duration.ofSeconds(1));
        }
        assertThat(one.router.topic(NEWS)).isPresent();
        one.history.release();

        Position first = ((Publishing.Published) settled(waiting)).position();
        assertThat(((Publishing.Published) settled(behind)).position())
                .isEqualTo(new Position(first.epoch(), first.offset() + 1));
    }

    @Test
    void theBrokerInMemoryKeepsWhatIsThereForNodesToCome() {
        MemoryBroker broker = MemoryBroker.create(fixture.clock);
        try (Router lonely = Router.create(ClusterFixture.OPTIONS);
                Router later = Router.create(ClusterFixture.OPTIONS)) {
            lonely.join(broker.link("x"), ClusterOptions.of("lonely", ClusterFixture.SECRET), broker.history("x"));
            lonely.publish(to(TOPIC, "a"), Optional.empty());
            later.join(broker.link("x"), ClusterOptions.of("later", ClusterFixture.SECRET), broker.history("x"));
            later.authorize((principal, operation, address) -> true);
            FakeEndpoint endpoint = new FakeEndpoint();
            later.attach(endpoint);

            Follower follower = follow(endpoint.connect("dave", new FakeConnection()), new TopicStart.Oldest());

            awaitTexts(follower, "a");
        }
    }
}
