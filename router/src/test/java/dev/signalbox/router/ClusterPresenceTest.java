package dev.signalbox.router;

import static dev.signalbox.router.ClusterFixture.eventually;
import static dev.signalbox.router.RouterFixture.get;
import static dev.signalbox.router.RouterFixture.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.router.ClientSession.Presence;
import dev.signalbox.router.ClientSession.Subscribing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who is in a topic, on all nodes. */
@Timeout(120)
class ClusterPresenceTest {
    private static final String ROOM = ClusterFixture.ROOMS + "7";
    private static final String EVENTS = ROOM + TopicPresence.SUFFIX;

    private final ClusterFixture fixture = new ClusterFixture();
    private final ClusterFixture.Node one = fixture.node("one");
    private final ClusterFixture.Node two = fixture.node("two");

    @AfterEach
    void close() {
        fixture.close();
    }

    private static ClientSession enter(ClusterFixture.Node node, String user) {
        ClientSession session = node.connect(user, new FakeConnection());
        assertThat(session.subscribe(ROOM, new TopicStart.Now())).isInstanceOf(Subscribing.Subscribed.class);
        return session;
    }

    private static Presence.Present present(ClusterFixture.Node node, String after, int most) {
        return (Presence.Present) get(node.router.presence(ROOM, after, most));
    }

    private static List<String> users(ClusterFixture.Node node) {
        return present(node, "", 100).users();
    }

    private void awaitUsers(String... users) {
        eventually()
                .untilAsserted(() -> assertThat(fixture.nodes)
                        .allSatisfy(node -> assertThat(users(node)).containsExactly(users)));
    }

    /** What was told of the changes on a node, as long as it keeps that. */
    private static List<String> events(ClusterFixture.Node node) {
        return node.router.read(EVENTS, 0, 1 << 20).orElseThrow().publications().stream()
                .map(each -> ((Payload.Text) each.message().payload()).value())
                .toList();
    }

    private static void watch(ClusterFixture.Node node) {
        assertThat(node.connect("watcher-" + node.name, new FakeConnection()).subscribe(EVENTS, new TopicStart.Now()))
                .isInstanceOf(Subscribing.Subscribed.class);
    }

    @Test
    void thoseOfOtherNodesAreThereOnceUntilTheirLastSessionLeaves() {
        fixture.settle();
        enter(one, "alice");
        ClientSession here = enter(one, "bob");
        ClientSession there = enter(two, "bob");
        awaitUsers("alice", "bob");

        here.unsubscribe(ROOM);
        enter(two, "carol");
        awaitUsers("alice", "bob", "carol");
        there.disconnected(CloseReason.GONE);
        awaitUsers("alice", "carol");
    }

    @Test
    void aNodeThatHasNobodyInATopicAsksTheOthersAndPagesFollowOneAnother() {
        IntStream.range(0, 500).forEach(i -> enter(one, "user%03d".formatted(i)));
        fixture.settle();

        Presence.Present first = present(two, "", 200);
        assertThat(first.isComplete()).isTrue();
        assertThat(first.count()).isEqualTo(500);
        List<String> all = new ArrayList<>(first.users());
        while (all.size() < 500) {
            all.addAll(present(two, all.getLast(), 200).users());
        }
        assertThat(all)
                .containsExactlyElementsOf(
                        IntStream.range(0, 500).mapToObj("user%03d"::formatted).toList());
        assertThat(present(two, all.getLast(), 200).users()).isEmpty();
    }

    @Test
    void aClientIsToldOfThoseOnOtherNodes() {
        enter(one, "alice");
        fixture.settle();
        ClientSession bob = two.connect("bob", new FakeConnection());

        Presence answer = bob.presence(ROOM);
        Presence known = answer instanceof Presence.Later(var outcome) ? get(outcome) : answer;
        assertThat(known).isEqualTo(new Presence.Present(List.of("alice"), 1, true));
    }

    @Test
    void changesAreToldOnEachNodeToThoseWhoFollowThem() {
        fixture.settle();
        watch(one);
        watch(two);
        present(one, "", 1);
        present(two, "", 1);
        ClientSession alice = enter(one, "alice");
        awaitUsers("alice");
        fixture.clock.advance(TopicPresence.GATHER);
        eventually()
                .untilAsserted(() -> assertThat(fixture.nodes)
                        .allSatisfy(node -> assertThat(events(node))
                                .containsExactly("{\"joined\":[\"alice\"],\"left\":[],\"count\":1}")));

        alice.disconnected(CloseReason.GONE);
        awaitUsers();
        fixture.clock.advance(TopicPresence.GATHER);
        eventually()
                .untilAsserted(() -> assertThat(fixture.nodes)
                        .allSatisfy(node -> assertThat(events(node))
                                .endsWith("{\"joined\":[],\"left\":[\"alice\"],\"count\":0}")
                                .hasSize(2)));
    }

    @Test
    void whoWasThereBeforeIsNotToldToHaveJoined() {
        enter(one, "alice");
        fixture.settle();
        watch(two);
        assertThat(present(two, "", 10).users()).containsExactly("alice");
        enter(one, "bob");
        eventually().until(() -> users(two).size() == 2);
        fixture.clock.advance(TopicPresence.GATHER);

        eventually()
                .untilAsserted(() ->
                        assertThat(events(two)).containsExactly("{\"joined\":[\"bob\"],\"left\":[],\"count\":2}"));
    }

    @Test
    void aNodeThatDiesTakesItsUsersAlongAndOneThatComesBackBringsThem() {
        enter(one, "alice");
        enter(two, "bob");
        fixture.settle();
        awaitUsers("alice", "bob");
        watch(one);
        two.link.mute = true;

        fixture.passUntil(Duration.ofSeconds(15), () -> assertThat(users(one)).containsExactly("alice"));
        fixture.passUntil(
                Duration.ofSeconds(5),
                () -> assertThat(events(one)).last().asString().contains("\"left\":[\"bob\"]"));

        two.link.mute = false;
        fixture.passUntil(Duration.ofSeconds(15), () -> assertThat(users(one)).containsExactly("alice", "bob"));
        fixture.passUntil(
                Duration.ofSeconds(5),
                () -> assertThat(events(one)).last().asString().contains("\"joined\":[\"bob\"]"));
    }

    @Test
    void whileTheBrokerIsAwayEachNodeKnowsItsOwnAndAllOnceItIsBack() {
        enter(one, "alice");
        enter(two, "bob");
        fixture.settle();
        awaitUsers("alice", "bob");
        fixture.broker.stop();
        eventually()
                .until(() -> fixture.nodes.stream()
                        .allMatch(node -> node.cluster.problem().isPresent()));
        enter(one, "carol");

        fixture.passUntil(Duration.ofSeconds(15), () -> {
            assertThat(users(one)).containsExactly("alice", "carol");
            assertThat(users(two)).containsExactly("bob");
        });
        fixture.broker.start();
        fixture.passUntil(
                Duration.ofSeconds(15),
                () -> assertThat(fixture.nodes)
                        .allSatisfy(node -> assertThat(users(node)).containsExactly("alice", "bob", "carol")));
    }

    /** The clock stands still, so that no sign of life is given. */
    @Test
    void whatChangedWhileTheBrokerWasAwayIsKnownAsSoonAsItIsBack() {
        enter(one, "alice");
        ClientSession bob = enter(two, "bob");
        fixture.settle();
        awaitUsers("alice", "bob");
        fixture.broker.stop();
        eventually()
                .until(() -> fixture.nodes.stream()
                        .allMatch(node -> node.cluster.problem().isPresent()));
        enter(one, "carol");
        bob.unsubscribe(ROOM);

        fixture.broker.start();

        awaitUsers("alice", "carol");
    }

    @Test
    void aChangeThatIsLostIsKnownAsSoonAsSomethingComesAfterIt() {
        enter(one, "alice");
        enter(two, "bob");
        fixture.settle();
        awaitUsers("alice", "bob");
        // Now that it is followed: what is lost of a node that was never heard there shows by the heartbeats alone.
        ClientSession dave = enter(two, "dave");
        awaitUsers("alice", "bob", "dave");
        dave.unsubscribe(ROOM);
        awaitUsers("alice", "bob");
        String neighbour = ClusterFixture.neighbour(ROOM, "other");
        AtomicInteger lost = new AtomicInteger();
        one.link.loses = channel -> channel.name().startsWith("topic.") && lost.incrementAndGet() > 0;
        enter(two, "carol");
        eventually().until(() -> lost.get() > 0);
        one.link.loses = channel -> false;
        assertThat(users(one)).containsExactly("alice", "bob");

        two.router.publish(to(Address.topic(neighbour), "something"), Optional.empty());

        awaitUsers("alice", "bob", "carol");
    }

    /** The last change of all: nothing follows that would show that it is missing. */
    @Test
    void aChangeThatIsLostIsKnownAfterTwoHeartbeats() {
        enter(one, "alice");
        enter(two, "bob");
        fixture.settle();
        awaitUsers("alice", "bob");
        ClientSession carol = two.connect("carol", new FakeConnection());
        fixture.settle();
        one.link.loses = channel -> channel.name().startsWith("topic.");
        carol.subscribe(ROOM, new TopicStart.Now());
        // What is said after it has come, so the change must have been published, and lost.
        fixture.pass(Duration.ofSeconds(1));
        assertThat(users(one)).containsExactly("alice", "bob");
        one.link.loses = channel -> false;

        fixture.passUntil(Duration.ofSeconds(7), () -> assertThat(users(one)).containsExactly("alice", "bob", "carol"));
    }

    @Test
    void aNodeThatDoesNotAnswerIsNotWaitedForForLong() {
        enter(one, "alice");
        fixture.settle();
        one.link.mute = true;

        var asked = two.router.presence(ROOM, "", 10).toCompletableFuture();
        fixture.clock.advance(Duration.ofSeconds(2));
        eventually().until(asked::isDone);
        assertThat(asked).isCompletedWithValue(new Presence.Present(List.of(), 0, false));
    }

    /** If two changes of a user were told in another order than they happened, other nodes would be wrong for good. */
    @Test
    void sessionsOfAUserThatComeAndGoAtOnceAreToldInTheOrderInWhichTheyDid() throws Exception {
        List<ClientSession> sessions = IntStream.range(0, 4)
                .mapToObj(i -> one.connect("alice", new FakeConnection()))
                .toList();
        enter(two, "bob");
        fixture.settle();
        for (int round = 0; round < 30; round++) {
            boolean stays = round % 2 == 0;
            CyclicBarrier together = new CyclicBarrier(sessions.size());
            List<Future<?>> done = new ArrayList<>();
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (ClientSession session : sessions) {
                    done.add(threads.submit(() -> comeAndGo(session, together, stays)));
                }
            }
            for (Future<?> each : done) {
                each.get();
            }
            awaitUsers(stays ? new String[] {"alice", "bob"} : new String[] {"bob"});
        }
    }

    private static void comeAndGo(ClientSession session, CyclicBarrier together, boolean stays) {
        RouterFixture.await(together);
        for (int i = 0; i < 50; i++) {
            session.subscribe(ROOM, new TopicStart.Now());
            session.unsubscribe(ROOM);
        }
        if (stays) {
            session.subscribe(ROOM, new TopicStart.Now());
        }
    }

    @Test
    void whatIsNotKeptAccountOfIsRefused() {
        assertThat(get(one.router.presence("quiet", "", 10))).isInstanceOf(Presence.Refused.class);
    }
}
