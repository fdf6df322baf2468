package dev.signalbox.router;

import static dev.signalbox.router.ClusterFixture.eventually;
import static dev.signalbox.router.RouterFixture.draft;
import static dev.signalbox.router.RouterFixture.texts;
import static dev.signalbox.router.RouterFixture.to;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Brokers and nodes that go away, and come back. */
@Timeout(120)
class ClusterOutageTest {
    /** What is promised of a node that dies. */
    private static final Duration NOTICED = Duration.ofSeconds(15);

    private final ClusterFixture fixture = new ClusterFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    private void stopBroker() {
        fixture.broker.stop();
        eventually()
                .until(() -> fixture.nodes.stream()
                        .allMatch(each -> each.cluster.problem().isPresent()));
    }

    private void startBroker() {
        fixture.broker.start();
        eventually()
                .until(() -> fixture.nodes.stream()
                        .allMatch(each -> each.cluster.problem().isEmpty()));
    }

    @Test
    void whileTheBrokerIsAwayLocalTrafficGoesOnAndRemoteSendsFailVisibly() {
        ClusterFixture.Node one = fixture.node("one");
        ClusterFixture.Node two = fixture.node("two");
        ClientSession alice = one.connect("alice", new FakeConnection());
        FakeConnection carol = new FakeConnection();
        one.connect("carol", carol);
        FakeConnection bob = new FakeConnection();
        two.connect("bob", bob);
        two.router.add("work", Logic.dispatched((message, context) -> {}));
        fixture.settle();

        stopBroker();

        assertThat(alice.send(draft(Address.client("carol"), "here")).complete())
                .isTrue();
        assertThat(texts(carol)).containsExactly("here");
        for (Address target : List.of(
                Address.client("bob"), Address.client("nobody"), Address.logic("work"), Address.logic("none"))) {
            assertThat(alice.send(draft(target, "there")).errors())
                    .extracting(RouteError::code)
                    .containsExactly(ErrorCode.UNREACHABLE);
        }
        assertThat(alice.send(draft(Address.ALL, "all")).errors())
                .extracting(RouteError::code)
                .containsExactly(ErrorCode.UNREACHABLE);
        assertThat(one.cluster.problem().orElseThrow()).contains("the broker in memory was stopped");

        startBroker();
        assertThat(alice.send(draft(Address.client("bob"), "again")).complete()).isTrue();
        eventually().until(() -> !bob.offered.isEmpty());
        assertThat(texts(bob)).containsExactly("again");
    }

    @Test
    void whatIsBufferedArrivesInOrderOnceTheBrokerIsBack() {
        ClusterFixture.Node one = fixture.node("one", options -> options.withBuffer(true));
        ClusterFixture.Node two = fixture.node("two");
        ClientSession alice = one.connect("alice", new FakeConnection());
        FakeConnection bob = new FakeConnection();
        two.connect("bob", bob);
        fixture.settle();
        stopBroker();

        for (String text : List.of("1", "2", "3")) {
            assertThat(alice.send(draft(Address.client("bob"), text)).complete())
                    .isTrue();
        }
        startBroker();

        eventually().until(() -> bob.offered.size() == 3);
        assertThat(texts(bob)).containsExactly("1", "2", "3");
    }

    @Test
    void whatIsBufferedForANodeThatDoesNotComeBackFails() {
        ClusterFixture.Node one = fixture.node("one", options -> options.withBuffer(true));
        ClusterFixture.Node two = fixture.node("two");
        FakeConnection alice = new FakeConnection();
        ClientSession session = one.connect("alice", alice);
        two.connect("bob", new FakeConnection());
        fixture.settle();
        stopBroker();
        assertThat(session.send(draft(Address.client("bob"), "x")).complete()).isTrue();

        fixture.passUntil(NOTICED, () -> assertThat(one.known()).containsExactly("one"));

        eventually().until(() -> !alice.refused.isEmpty());
        assertThat(alice.refused.element().code()).isEqualTo(ErrorCode.UNREACHABLE);
    }

    @Test
    void theBufferIsBounded() {
        ClusterFixture.Node one =
                fixture.node("one", options -> options.withBuffer(true).withWaitingBytes(1 << 20));
        ClusterFixture.Node two = fixture.node("two");
        ClientSession alice = one.connect("alice", new FakeConnection());
        two.connect("bob", new FakeConnection());
        fixture.settle();
        stopBroker();

        String large = "x".repeat(100 << 10);
        List<ErrorCode> codes = IntStream.range(0, 20)
                .mapToObj(i -> alice.send(draft(Address.client("bob"), large)))
                .flatMap(report -> report.errors().stream())
                .map(RouteError::code)
                .toList();

        assertThat(codes).isNotEmpty().containsOnly(ErrorCode.OVERLOADED);
    }

    @Test
    void aNodeThatDiesIsGoneWithItsClientsInTime() {
        ClusterFixture.Node one = fixture.node("one");
        ClusterFixture.Node two = fixture.node("two");
        ClusterFixture.Node three = fixture.node("three");
        one.connect("alice", new FakeConnection());
        two.connect("bob", new FakeConnection());
        three.connect("carol", new FakeConnection());
        fixture.settle();

        two.link.mute = true;
        fixture.passUntil(NOTICED, () -> {
            assertThat(one.known()).containsExactly("one", "three");
            assertThat(three.known()).containsExactly("one", "three");
        });

        assertThat(one.router.send(to(Address.client("bob"), "x")).errors())
                .extracting(RouteError::code)
                .containsExactly(ErrorCode.UNKNOWN_CLIENT);
        assertThat(one.cluster.elsewhere())
                .extracting(each -> each.session().user())
                .containsExactly("carol");
    }

    @Test
    void aNodeThatWasCutOffComesBackWithWhatItHasNow() {
        ClusterFixture.Node one = fixture.node("one");
        ClusterFixture.Node two = fixture.node("two");
        ClientSession bob = two.connect("bob", new FakeConnection());
        fixture.settle();
        two.link.mute = true;
        two.link.deaf = true;
        fixture.passUntil(NOTICED, () -> {
            assertThat(one.known()).containsExactly("one");
            assertThat(two.known()).containsExactly("two");
        });
        bob.disconnected(CloseReason.GONE);
        two.connect("carol", new FakeConnection());
        one.connect("alice", new FakeConnection());

        two.link.mute = false;
        two.link.deaf = false;

        fixture.passUntil(NOTICED, () -> {
            assertThat(one.cluster.elsewhere())
                    .extracting(each -> each.session().user())
                    .containsExactly("carol");
            assertThat(two.cluster.elsewhere())
                    .extracting(each -> each.session().user())
                    .containsExactly("alice");
        });
    }

    @Test
    void changesThatWereLostAreAskedFor() {
        ClusterFixture.Node one = fixture.node("one");
        ClusterFixture.Node two = fixture.node("two");
        ClientSession bob = two.connect("bob", new FakeConnection());
        fixture.settle();

        AtomicInteger lost = new AtomicInteger();
        one.link.loses = channel -> channel.name().equals("all") && lost.incrementAndGet() > 0;
        bob.disconnected(CloseReason.GONE);
        two.connect("carol", new FakeConnection());
        eventually().until(() -> lost.get() > 0);
        one.link.loses = channel -> false;

        fixture.passUntil(
                NOTICED,
                () -> assertThat(one.cluster.elsewhere())
                        .extracting(each -> each.session().user())
                        .containsExactly("carol"));
    }

    @Test
    void aNodeThatEndsIsGoneAtOnce() {
        ClusterFixture.Node one = fixture.node("one");
        ClusterFixture.Node two = fixture.node("two");
        two.connect("bob", new FakeConnection());
        fixture.settle();

        two.router.close();

        eventually().until(() -> one.known().equals(List.of("one")));
        assertThat(one.cluster.elsewhere()).isEmpty();
        fixture.nodes.remove(two);
    }

    @Test
    void heartbeatsKeepAQuietNodeAlive() {
        ClusterFixture.Node one = fixture.node("one");
        ClusterFixture.Node two = fixture.node("two");
        fixture.settle();

        for (int i = 0; i < 6; i++) {
            fixture.clock.advance(Duration.ofSeconds(3));
            eventually().until(() -> one.cluster.nodes().getLast().heardAt().equals(fixture.clock.instant()));
        }

        assertThat(one.known()).containsExactly("one", "two");
        assertThat(two.known()).containsExactly("one", "two");
    }

    @Test
    void aPauseOfTheWholeProcessMakesNobodyDie() {
        ClusterFixture.Node one = fixture.node("one");
        ClusterFixture.Node two = fixture.node("two");
        two.connect("bob", new FakeConnection());
        fixture.settle();

        fixture.pass(Duration.ofHours(1));

        assertThat(one.known()).containsExactly("one", "two");
        assertThat(two.known()).containsExactly("one", "two");
        assertThat(one.cluster.elsewhere()).hasSize(1);
    }

    @Test
    void aNodeWithAnotherSecretIsNotHeard() {
        ClusterFixture.Node one = fixture.node("one");
        one.connect("alice", new FakeConnection());
        ClusterFixture.Node stranger = fixture.node(
                "stranger", options -> ClusterOptions.of("stranger", "another secret that is long enough to be one"));

        eventually().until(() -> one.cluster.counts().rejected() > 0);
        stranger.router.send(to(Address.ALL, "forged"));
        eventually().until(() -> one.cluster.counts().rejected() > 1);
        assertThat(one.known()).containsExactly("one");
        assertThat(one.endpoint.broadcast).isEmpty();
    }

    @Test
    void aPublicationWhileTheBrokerIsAwayIsToldAsAGapElsewhere() {
        ClusterFixture.Node one = fixture.node("one");
        ClusterFixture.Node two = fixture.node("two");
        ClientSession alice = one.connect("alice", new FakeConnection());
        ClientSession bob = two.connect("bob", new FakeConnection());
        alice.subscribe("news", new TopicStart.Now());
        eventually().until(() -> {
            bob.send(draft(Address.topic("news"), "first"));
            return one.router.topic("news").orElseThrow().last() > 0;
        });
        long last = one.router.topic("news").orElseThrow().last();

        stopBroker();
        bob.publish(draft(Address.topic("news"), "local only"), Optional.empty());
        startBroker();

        eventually().until(() -> one.router.topic("news").orElseThrow().first() > last + 1);
    }

    private static long missed(ClusterFixture.Node node) {
        return node.router.topic("news").orElseThrow().last();
    }

    @Test
    void whatTheLinkCannotCarryIsToldAsAGapAtOnceThoughNothingFollows() {
        fixture.linkBytes = ClusterLink.LEAST_MAX_BYTES;
        ClusterFixture.Node one = fixture.node("one");
        ClusterFixture.Node two = fixture.node("two");
        two.connect("alice", new FakeConnection()).subscribe("news", new TopicStart.Now());
        fixture.settle();
        one.router.publish(to(Address.topic("news"), "small"), Optional.empty());
        eventually().until(() -> missed(two) == 1);

        one.router.publish(to(Address.topic("news"), "x".repeat(ClusterLink.LEAST_MAX_BYTES)), Optional.empty());

        eventually().untilAsserted(() -> assertThat(missed(two)).isGreaterThan(1));
        assertThat(two.router.read("news", 1, 1_000).orElseThrow().publications())
                .isEmpty();
    }

    @Test
    void whatTheBrokerRefusesWhileItIsThereIsToldAsAGapWithTheNextHeartbeatAtTheLatest() {
        ClusterFixture.Node one = fixture.node("one");
        ClusterFixture.Node two = fixture.node("two");
        two.connect("alice", new FakeConnection()).subscribe("news", new TopicStart.Now());
        fixture.settle();
        one.router.publish(to(Address.topic("news"), "first"), Optional.empty());
        eventually().until(() -> missed(two) == 1);
        AtomicInteger refused = new AtomicInteger();
        one.link.refuses = channel -> channel.name().startsWith("topic.") && refused.incrementAndGet() <= 2;

        one.router.publish(to(Address.topic("news"), "lost"), Optional.empty());
        eventually().until(() -> refused.get() >= 2);

        fixture.passUntil(Duration.ofSeconds(4), () -> assertThat(missed(two)).isGreaterThan(1));
        assertThat(one.cluster.problem()).as("the link was up all the time").isEmpty();
    }
}
