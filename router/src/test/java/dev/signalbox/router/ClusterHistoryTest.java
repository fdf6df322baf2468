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
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Topics whose order and history are the cluster's. */
@Timeout(120)
class ClusterHistoryTest {
    private static final String NEWS = ClusterFixture.SHARED + "/news";
    private static final Address.Topic TOPIC = Address.topic(NEWS);

    private final ClusterFixture fixture = new ClusterFixture();
    private final ClusterFixture.Node one = fixture.node("one");
    private final ClusterFixture.Node two = fixture.node("two");
    private final ClientSession alice = one.connect("alice", new FakeConnection());
    private final ClientSession bob = two.connect("bob", new FakeConnection());

    /** What is done meanwhile is lost to the subscribers of the node, as far as the link carries it. */
    private void losesTopicsOf(ClusterFixture.Node node, Runnable meanwhile) {
        FakeConnection marked = new FakeConnection();
        ClientSession reader = node.connect("marked", marked);
        fixture.settle();
        node.link.loses = channel -> channel.name().startsWith("topic.");
        meanwhile.run();
        for (ClusterFixture.Node other : fixture.nodes) {
            other.router.send(to(reader.info().address(), "mark"));
        }
        eventually().until(() -> marked.offered.size() == fixture.nodes.size());
        node.link.loses = channel -> false;
    }

    @BeforeEach
    void settle() {
        fixture.settle();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private static Subscribing.Subscribed subscribe(ClientSession session, TopicStart from) {
        Subscribing subscribing = session.subscribe(NEWS, from);
        if (subscribing instanceof Subscribing.Later(var ready)) {
            assertThat(get(ready)).isEmpty();
            return subscribe(session, from);
        }
        assertThat(subscribing).isInstanceOf(Subscribing.Subscribed.class);
        return (Subscribing.Subscribed) subscribing;
    }

    private static Follower follow(ClientSession session, TopicStart from) {
        return new Follower(subscribe(session, from));
    }

    private static Follower follow(ClientSession session) {
        return follow(session, new TopicStart.Now());
    }

    private static Publishing publish(ClientSession session, String text) {
        return session.publish(draft(TOPIC, text), Optional.empty());
    }

    private static Publishing settled(Publishing publishing) {
        return publishing instanceof Publishing.Later(var outcome) ? get(outcome) : publishing;
    }

    /** Publishes, and waits until it is there. */
    private static Position published(ClientSession session, String... texts) {
        List<Position> positions = new ArrayList<>();
        for (String text : texts) {
            Publishing publishing = settled(publish(session, text));
            assertThat(publishing).isInstanceOf(Publishing.Published.class);
            positions.add(((Publishing.Published) publishing).position());
        }
        return positions.getLast();
    }

    private static RouteError refusal(Publishing publishing) {
        assertThat(publishing).isInstanceOf(Publishing.Refused.class);
        return ((Publishing.Refused) publishing).error();
    }

    private static void awaitTexts(Follower follower, String... texts) {
        eventually().untilAsserted(() -> assertThat(follower.texts()).containsExactly(texts));
    }

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

    /** Moves the clock in steps, as long as the follower has other texts: what is lost is asked for after some time only. */
    private void passUntilTexts(Follower follower, String... texts) {
        fixture.passUntil(
                Duration.ofMinutes(1), () -> assertThat(follower.texts()).containsExactly(texts));
    }

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
        // Its own messages are all that this node has of the topic, unless it has just heard of the other node and
        // looked into the history.
        published(bob, "c", "d");
        assertThat(two.router.read(NEWS, 0, 1 << 20).orElseThrow().publications())
                .hasSizeBetween(2, 4)
                .extracting(Publication::offset)
                .endsWith(first.offset() + 2, first.offset() + 3);

        Follower onTwo = follow(bob, new TopicStart.After(first));

        assertThat(onTwo.recovered()).isTrue();
        awaitTexts(onTwo, "b", "c", "d");
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
    void whatTheLinkLosesIsReadInTheHistory() {
        Follower follower = follow(bob);
        published(alice, "a");
        awaitTexts(follower, "a");

        losesTopicsOf(two, () -> published(alice, "b", "c"));
        published(alice, "d");

        passUntilTexts(follower, "a", "b", "c", "d");
    }

    @Test
    void whatIsTooLargeForTheLinkIsReadInTheHistory() {
        fixture.linkBytes = ClusterLink.LEAST_MAX_BYTES;
        ClusterFixture.Node small = fixture.node("small");
        ClientSession carol = small.connect("carol", new FakeConnection());
        Follower follower = follow(bob);
        String large = "x".repeat(ClusterLink.LEAST_MAX_BYTES);

        published(carol, "a", large, "b");

        passUntilTexts(follower, "a", large, "b");
    }

    @Test
    void whatIsTooLargeForTheHistoryIsRefused() {
        one.history.most = 64 << 10;

        RouteError error = refusal(publish(alice, "x".repeat(64 << 10)));

        assertThat(error.code()).isEqualTo(ErrorCode.TOO_LARGE);
        assertThat(error.message()).contains("65536");
        published(alice, "x");
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
    void anAppendWhoseAnswerIsLostIsNotPublishedTwice() {
        Follower onOne = follow(alice);
        Follower onTwo = follow(bob);
        one.history.mute = true;

        Publishing waiting = publish(alice, "a");
        Publishing behind = publish(alice, "b");
        one.history.mute = false;

        assertThat(waiting).isInstanceOf(Publishing.Later.class);
        fixture.pass(Duration.ofSeconds(1));
        Position first = ((Publishing.Published) settled(waiting)).position();
        assertThat(settled(waiting)).isEqualTo(new Publishing.Published(first, false));
        // While the history does not answer, what comes meanwhile is refused: this node does not let it wait.
        assertThat(refusal(settled(behind)).code()).isEqualTo(ErrorCode.UNREACHABLE);
        published(alice, "c");
        awaitTexts(onOne, "a", "c");
        awaitTexts(onTwo, "a", "c");
    }

    @Test
    void whatIsNotConfirmedInTimeIsToldTruthfullyAndComesIfItWasStored() {
        Follower onOne = follow(alice);
        Follower onTwo = follow(bob);
        one.history.mute = true;

        Publishing waiting = publish(alice, "a");
        fixture.passUntil(
                Duration.ofMinutes(1),
                () -> assertThat(waiting)
                        .isInstanceOfSatisfying(
                                Publishing.Later.class,
                                later -> assertThat(later.outcome().toCompletableFuture())
                                        .isDone()));
        assertThat(refusal(settled(waiting)).code()).isEqualTo(ErrorCode.TIMEOUT);
        assertThat(refusal(settled(waiting)).message())
                .contains("may have been published", "the test has lost the answer");
        one.history.mute = false;

        passUntilTexts(onOne, "a");
        published(bob, "b");
        passUntilTexts(onOne, "a", "b");
        passUntilTexts(onTwo, "a", "b");
    }

    @Test
    void whileTheHistoryIsAwayPublishingIsRefusedAndTheReasonIsShown() {
        Follower follower = follow(bob);
        one.history.away = true;

        RouteError refused = refusal(settled(publish(alice, "a")));

        assertThat(refused.code()).isEqualTo(ErrorCode.UNREACHABLE);
        assertThat(refused.message()).contains("the test has it away");
        assertThat(one.cluster.problem().orElseThrow()).contains("the test has it away");
        assertThat(two.cluster.problem()).isEmpty();
        Subscribing subscribing = alice.subscribe(NEWS, new TopicStart.Now());
        RouteError error = subscribing instanceof Subscribing.Later(var ready)
                ? get(ready).orElseThrow()
                : ((Subscribing.Refused) subscribing).error();
        assertThat(error.code()).isEqualTo(ErrorCode.UNREACHABLE);

        one.history.away = false;
        fixture.passUntil(
                Duration.ofMinutes(1), () -> assertThat(one.cluster.problem()).isEmpty());
        published(alice, "b");
        awaitTexts(follower, "b");
    }

    @Test
    void whatMayWaitForTheHistoryIsAppendedInOrderOnceItIsBack() {
        ClusterFixture.Node patient = fixture.node("patient", options -> options.withBuffer(true));
        ClientSession carol = patient.connect("carol", new FakeConnection());
        Follower follower = follow(bob);
        patient.history.away = true;

        List<Publishing> waiting =
                Stream.of("a", "b", "c").map(each -> publish(carol, each)).toList();
        assertThat(waiting).allSatisfy(each -> assertThat(each).isInstanceOf(Publishing.Later.class));
        patient.history.away = false;
        fixture.pass(Duration.ofSeconds(1));

        assertThat(waiting).allSatisfy(each -> assertThat(settled(each)).isInstanceOf(Publishing.Published.class));
        awaitTexts(follower, "a", "b", "c");
    }

    @Test
    void whatWaitsForTheHistoryInVainIsRefusedAfterTheLease() {
        ClusterFixture.Node patient = fixture.node("patient", options -> options.withBuffer(true));
        ClientSession carol = patient.connect("carol", new FakeConnection());
        patient.history.away = true;

        Publishing waiting = publish(carol, "a");
        fixture.passUntil(
                Duration.ofMinutes(1),
                () -> assertThat(waiting)
                        .isInstanceOfSatisfying(
                                Publishing.Later.class,
                                later -> assertThat(later.outcome().toCompletableFuture())
                                        .isDone()));

        assertThat(refusal(settled(waiting)).code()).isEqualTo(ErrorCode.UNREACHABLE);
    }

    @Test
    void whatMayWaitForTheHistoryIsBounded() {
        ClusterFixture.Node patient =
                fixture.node("patient", options -> options.withBuffer(true).withWaitingBytes(1 << 20));
        ClientSession carol = patient.connect("carol", new FakeConnection());
        patient.history.away = true;
        String text = "x".repeat(100 << 10);

        List<Publishing> publishings =
                IntStream.range(0, 12).mapToObj(i -> publish(carol, text)).toList();

        assertThat(publishings.getFirst()).isInstanceOf(Publishing.Later.class);
        assertThat(refusal(publishings.getLast()).code()).isEqualTo(ErrorCode.OVERLOADED);
    }

    @Test
    void aHistoryThatWentBackIsToldAsAGapAndOffsetsGoOn() {
        Follower onOne = follow(alice);
        Follower onTwo = follow(bob);
        Position last = published(alice, "a", "b", "c");
        awaitTexts(onTwo, "a", "b", "c");

        fixture.store.goBack(2);
        Position next = published(alice, "d");

        passUntilTexts(onOne, "a", "b", "c", Follower.GAP, "d");
        passUntilTexts(onTwo, "a", "b", "c", Follower.GAP, "d");
        assertThat(next.epoch()).isNotEqualTo(last.epoch());
        assertThat(next.offset()).isGreaterThan(last.offset());
        // A subscriber that saw no more than what was lost is told; one that has gone on since then has missed nothing.
        assertThat(follow(bob, new TopicStart.After(last)).recovered()).isFalse();
        Follower back = follow(bob, new TopicStart.After(new Position(last.epoch(), next.offset())));
        assertThat(back.recovered()).isTrue();
        assertThat(back.texts()).isEmpty();
    }

    @Test
    void aHistoryThatWentBackAndWasOvertakenIsNoticed() {
        Follower onOne = follow(alice);
        published(alice, "a", "b", "c");
        awaitTexts(onOne, "a", "b", "c");

        fixture.store.goBack(2);
        // The other node knows nothing of the topic, and so cannot know better.
        losesTopicsOf(one, () -> published(bob, "B", "C"));
        UUID before = one.router.topic(NEWS).orElseThrow().epoch();
        ((ClusterMember) one.cluster).lost(ClusterInterest.channel(NEWS));
        eventually()
                .untilAsserted(() ->
                        assertThat(one.router.topic(NEWS).orElseThrow().epoch()).isNotEqualTo(before));
        published(bob, "e");

        passUntilTexts(onOne, "a", "b", "c", Follower.GAP, "e");
    }

    /** The first that the other node told of the topic is lost, so that nothing shows that something came before what arrives. */
    @Test
    void aHistoryThatWentBackAndWasOvertakenIsNoticedByTheFirstThatComesFromANode() {
        Follower onOne = follow(alice);
        published(alice, "a", "b", "c");
        awaitTexts(onOne, "a", "b", "c");
        UUID before = one.router.topic(NEWS).orElseThrow().epoch();

        fixture.store.goBack(2);
        losesTopicsOf(one, () -> published(bob, "B", "C"));
        published(bob, "D");
        eventually()
                .untilAsserted(() ->
                        assertThat(one.router.topic(NEWS).orElseThrow().epoch()).isNotEqualTo(before));
        published(bob, "e");

        fixture.passUntil(
                Duration.ofMinutes(1),
                () -> assertThat(onOne.texts()).startsWith("a", "b", "c").endsWith(Follower.GAP, "e"));
    }

    @Test
    void aHistoryThatWasEmptiedIsToldAsAGap() {
        Follower onOne = follow(alice);
        Follower onTwo = follow(bob);
        published(alice, "a");
        awaitTexts(onTwo, "a");

        fixture.store.forget();
        fixture.pass(Duration.ofSeconds(1));
        published(bob, "b");

        passUntilTexts(onOne, "a", Follower.GAP, "b");
        passUntilTexts(onTwo, "a", Follower.GAP, "b");
        assertThat(follow(fixture.node("three").connect("carol", new FakeConnection()), new TopicStart.Oldest())
                        .texts())
                .containsExactly("b");
    }

    @Test
    void whatNobodyOfTheClusterPutIntoTheHistoryIsLeftOut() {
        Follower follower = follow(bob);
        published(alice, "a");
        awaitTexts(follower, "a");
        var forged = new TopicHistory.Entry("forged", TopicHistory.Content.of(new byte[100]));
        var retention = new TopicHistory.Retention(10, 10_000, Duration.ofMinutes(1));
        Position place = one.router
                .topic(NEWS)
                .map(info -> new Position(info.epoch(), info.last()))
                .orElseThrow();
        fixture.store.append(new TopicHistory.Append(NEWS, List.of(forged), retention, Optional.of(place), place));

        published(alice, "b");

        passUntilTexts(follower, "a", Follower.GAP, "b");
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
    void aMessageSentToSuchATopicIsAppendedAndALateFailureIsToldByItsId() {
        FakeConnection connection = new FakeConnection();
        ClientSession carol = one.connect("carol", connection);
        Follower follower = follow(bob);

        assertThat(carol.send(draft(TOPIC, "a")).complete()).isTrue();
        awaitTexts(follower, "a");

        one.history.mute = true;
        assertThat(carol.send(draft(TOPIC, "b")).complete()).isTrue();
        fixture.passUntil(
                Duration.ofMinutes(1), () -> assertThat(connection.refused).hasSize(1));
        assertThat(connection.refused.element().code()).isEqualTo(ErrorCode.TIMEOUT);
        assertThat(carol.send(draft(TOPIC, "c")).complete()).isTrue();
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
