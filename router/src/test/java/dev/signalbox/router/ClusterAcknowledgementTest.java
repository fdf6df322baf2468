package dev.signalbox.router;

import static dev.signalbox.router.ClusterFixture.eventually;
import static dev.signalbox.router.RouterFixture.get;
import static dev.signalbox.router.RouterFixture.texts;
import static dev.signalbox.router.RouterFixture.to;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Acknowledged messages to clients of other nodes. */
@Timeout(120)
class ClusterAcknowledgementTest {
    private static final Duration LONG = Duration.ofMinutes(10);

    private final ClusterFixture fixture = new ClusterFixture();
    private final ClusterFixture.Node one = fixture.node("one");
    private final ClusterFixture.Node two = fixture.node("two");

    @AfterEach
    void close() {
        fixture.close();
    }

    private CompletionStage<AckResult> send(String text, Duration within) {
        return one.router.sendAcknowledged(to(Address.client("bob"), text), within);
    }

    private static void awaitOffered(FakeConnection connection, int count) {
        eventually().until(() -> connection.offered.size() >= count);
    }

    /** A client that acknowledges at once. */
    private ClientSession acknowledging(ClusterFixture.Node node, FakeConnection connection) {
        ClientSession session = node.connect("bob", connection);
        connection.onOffer = message -> session.acknowledge(message.id());
        // What waited was offered while it connected.
        connection.offered.forEach(message -> session.acknowledge(message.id()));
        return session;
    }

    @Test
    void aClientElsewhereAcknowledges() {
        FakeConnection bob = new FakeConnection();
        acknowledging(two, bob);
        fixture.settle();

        assertThat(get(send("hello", LONG))).isEqualTo(new AckResult.Acked());
        assertThat(texts(bob)).containsExactly("hello");
    }

    @Test
    void aClientElsewhereRefuses() {
        FakeConnection bob = new FakeConnection();
        ClientSession session = two.connect("bob", bob);
        bob.onOffer = message -> session.refuse(message.id(), "no");
        fixture.settle();

        AckResult result = get(send("hello", LONG));

        assertThat(result).isInstanceOf(AckResult.Rejected.class);
        assertThat(((AckResult.Rejected) result).error().code()).isEqualTo(ErrorCode.REJECTED);
    }

    @Test
    void aClientThatComesLaterToAnotherNodeGetsWhatWaits() {
        fixture.settle();
        CompletionStage<AckResult> result = send("hello", LONG);
        assertThat(result.toCompletableFuture()).isNotDone();

        FakeConnection bob = new FakeConnection();
        acknowledging(two, bob);

        assertThat(get(result)).isEqualTo(new AckResult.Acked());
        assertThat(texts(bob)).containsExactly("hello");
    }

    @Test
    void aClientThatMovesWithoutAcknowledgingGetsItAgainWithTheSameId() {
        FakeConnection before = new FakeConnection();
        ClientSession session = two.connect("bob", before);
        fixture.settle();
        CompletionStage<AckResult> result = send("hello", LONG);
        awaitOffered(before, 1);
        session.disconnected(CloseReason.GONE);

        FakeConnection after = new FakeConnection();
        acknowledging(one, after);

        assertThat(get(result)).isEqualTo(new AckResult.Acked());
        assertThat(after.offered.element().id())
                .isEqualTo(before.offered.element().id());
    }

    @Test
    void whatWasAcknowledgedHereIsForgottenElsewhere() {
        FakeConnection silent = new FakeConnection();
        two.connect("bob", silent);
        FakeConnection bob = new FakeConnection();
        ClientSession session = one.connect("bob", bob);
        fixture.settle();
        CompletionStage<AckResult> result = send("hello", LONG);
        awaitOffered(silent, 1);
        session.acknowledge(bob.offered.element().id());

        assertThat(get(result)).isEqualTo(new AckResult.Acked());
        eventually().until(() -> two.listener.events.contains("ackEnded hello Rejected"));
        FakeConnection another = new FakeConnection();
        two.connect("bob", another);
        assertThat(another.offered).isEmpty();
    }

    /** What depends on the result may wait for something, and other nodes' frames must not wait with it. */
    @Test
    void whatIsTooLargeToBeCarriedIsToldWithoutTheLockOfTheRegistry() {
        fixture.linkBytes = ClusterLink.LEAST_MAX_BYTES;
        ClusterFixture.Node small = fixture.node("small");
        fixture.settle();
        ClusterRegistry registry = ((ClusterMember) small.cluster).registry();
        CompletionStage<AckResult> result =
                small.router.sendAcknowledged(to(Address.client("bob"), "x".repeat(ClusterLink.LEAST_MAX_BYTES)), LONG);
        CompletionStage<Boolean> isLocked = result.thenApply(done -> Thread.holdsLock(registry));

        two.connect("bob", new FakeConnection());

        assertThat(get(isLocked)).isFalse();
        assertThat(((AckResult.Rejected) get(result)).error().code()).isEqualTo(ErrorCode.TOO_LARGE);
    }

    private static boolean isToNode(ClusterLink.Channel channel) {
        return channel.name().startsWith("node.");
    }

    /** What is sent meanwhile is lost on its way to the node. */
    private static void losesCarried(ClusterFixture.Node node, Runnable sending) {
        CountDownLatch lost = new CountDownLatch(1);
        node.link.loses = channel -> {
            if (isToNode(channel)) {
                lost.countDown();
            }
            return isToNode(channel);
        };
        sending.run();
        eventually().until(() -> lost.getCount() == 0);
        node.link.loses = channel -> false;
    }

    /** The node that sent it has noticed nothing. */
    @Test
    void whatANodeMissedIsCarriedAgainOnceItsLinkSaysSo() {
        FakeConnection bob = new FakeConnection();
        acknowledging(two, bob);
        fixture.settle();
        List<CompletionStage<AckResult>> results = new ArrayList<>();
        losesCarried(two, () -> results.add(send("hello", LONG)));

        two.link.lost(ClusterSender.channel(two.cluster.self()));

        assertThat(get(results.getFirst())).isEqualTo(new AckResult.Acked());
        assertThat(texts(bob)).containsExactly("hello");
    }

    @Test
    void whatANodeMissedIsCarriedAgainOnceSomethingComesAfterIt() {
        FakeConnection bob = new FakeConnection();
        acknowledging(two, bob);
        fixture.settle();
        List<CompletionStage<AckResult>> results = new ArrayList<>();
        losesCarried(two, () -> results.add(send("hello", LONG)));

        assertThat(get(send("next", LONG))).isEqualTo(new AckResult.Acked());

        assertThat(get(results.getFirst())).isEqualTo(new AckResult.Acked());
        assertThat(texts(bob)).containsExactlyInAnyOrder("hello", "next");
    }

    @Test
    void anAcknowledgementThatWasLostIsToldAgain() {
        FakeConnection bob = new FakeConnection();
        acknowledging(two, bob);
        fixture.settle();
        List<CompletionStage<AckResult>> results = new ArrayList<>();
        losesCarried(one, () -> results.add(send("hello", LONG)));

        one.link.lost(ClusterSender.channel(one.cluster.self()));

        assertThat(get(results.getFirst())).isEqualTo(new AckResult.Acked());
        assertThat(texts(bob)).containsExactly("hello");
    }

    /** What is carried for each of them would make it lose more. */
    @Test
    void aLinkThatLosesMuchIsNotGivenMoreToCarryForEachLoss() {
        FakeConnection silent = new FakeConnection();
        two.connect("bob", silent);
        fixture.settle();
        var _ = send("hello", LONG);
        awaitOffered(silent, 1);
        AtomicInteger carried = new AtomicInteger();
        two.link.loses = channel -> isToNode(channel) && carried.incrementAndGet() < 0;

        for (int i = 0; i < 200; i++) {
            two.link.lost(ClusterSender.channel(two.cluster.self()));
        }
        eventually().until(() -> carried.get() >= 1);
        fixture.clock.advance(Backoff.SHORTEST);
        eventually().until(() -> carried.get() >= 2);

        assertThat(carried).hasValue(2);
    }

    @Test
    void whatTheBrokerDidNotTakeIsCarriedAfterAPauseThoughTheLinkStaysUp() {
        assertArrivesOnceThoughTheBrokerRefusesFrom(one);
    }

    @Test
    void anAnswerThatTheBrokerDidNotTakeIsToldAfterAPauseThoughTheLinkStaysUp() {
        assertArrivesOnceThoughTheBrokerRefusesFrom(two);
    }

    private void assertArrivesOnceThoughTheBrokerRefusesFrom(ClusterFixture.Node node) {
        FakeConnection bob = new FakeConnection();
        acknowledging(two, bob);
        fixture.settle();
        AtomicInteger refused = new AtomicInteger();
        node.link.refuses = channel -> isToNode(channel) && refused.incrementAndGet() > 0;
        CompletionStage<AckResult> result = send("hello", LONG);
        eventually().until(() -> refused.get() >= 2);
        node.link.refuses = channel -> false;

        fixture.passUntil(
                Duration.ofSeconds(5),
                () -> assertThat(result.toCompletableFuture()).isDone());

        assertThat(get(result)).isEqualTo(new AckResult.Acked());
        assertThat(texts(bob)).containsExactly("hello");
    }

    /** A client that refuses a message does not get it again, though its refusal was lost on the way. */
    @Test
    void aRefusalThatWasLostIsToldAgain() {
        FakeConnection bob = new FakeConnection();
        ClientSession session = two.connect("bob", bob);
        bob.onOffer = message -> session.refuse(message.id(), "no");
        fixture.settle();
        two.link.mute = true;
        CompletionStage<AckResult> result = send("hello", LONG);
        eventually().until(() -> two.listener.events.contains("ackEnded hello Rejected"));
        two.link.mute = false;

        one.link.lost(ClusterSender.channel(one.cluster.self()));

        assertThat(((AckResult.Rejected) get(result)).error().code()).isEqualTo(ErrorCode.REJECTED);
        assertThat(texts(bob)).containsExactly("hello");
    }

    @Test
    void nobodyAcknowledgesInTime() {
        FakeConnection bob = new FakeConnection();
        two.connect("bob", bob);
        fixture.settle();
        CompletionStage<AckResult> sent = send("hello", Duration.ofSeconds(30));
        CompletionStage<AckResult> unsent =
                one.router.sendAcknowledged(to(Address.client("nobody"), "hello"), Duration.ofSeconds(30));
        awaitOffered(bob, 1);

        fixture.passUntil(
                Duration.ofMinutes(1),
                () -> assertThat(sent.toCompletableFuture()).isDone());

        assertThat(get(sent)).isEqualTo(new AckResult.Expired(true));
        assertThat(get(unsent)).isEqualTo(new AckResult.Expired(false));
    }

    @Test
    void aSessionElsewhereAcknowledgesAndNoOtherOfItsUserGetsIt() {
        FakeConnection bob = new FakeConnection();
        ClientSession session = acknowledging(two, bob);
        FakeConnection another = new FakeConnection();
        one.connect("bob", another);
        fixture.settle();

        AckResult result = get(one.router.sendAcknowledged(to(session.info().address(), "hello"), LONG));

        assertThat(result).isEqualTo(new AckResult.Acked());
        assertThat(texts(bob)).containsExactly("hello");
        assertThat(another.offered).isEmpty();
    }

    @Test
    void aSessionThatEndsElsewhereIsTold() {
        FakeConnection bob = new FakeConnection();
        ClientSession session = two.connect("bob", bob);
        fixture.settle();
        CompletionStage<AckResult> result =
                one.router.sendAcknowledged(to(session.info().address(), "hello"), LONG);
        awaitOffered(bob, 1);

        session.disconnected(CloseReason.GONE);

        assertThat(get(result)).isInstanceOf(AckResult.Rejected.class);
        AckResult unknown =
                get(one.router.sendAcknowledged(to(new Address.Session("bob", UUID.randomUUID()), "hello"), LONG));
        assertThat(unknown).isInstanceOf(AckResult.Rejected.class);
    }

    @Test
    void whatIsSentWhileTheBrokerIsAwayArrivesOnceWhenItIsBack() {
        FakeConnection bob = new FakeConnection();
        acknowledging(two, bob);
        fixture.settle();
        fixture.broker.stop();
        eventually().until(() -> one.cluster.problem().isPresent());
        CompletionStage<AckResult> result = send("hello", LONG);

        fixture.broker.start();

        assertThat(get(result)).isEqualTo(new AckResult.Acked());
        assertThat(texts(bob)).containsExactly("hello");
    }

    @Test
    void anAcknowledgementThatIsLostIsToldAgainAndTheClientSeesItOnce() {
        FakeConnection bob = new FakeConnection();
        acknowledging(two, bob);
        fixture.settle();
        two.link.mute = true;
        CompletionStage<AckResult> result = send("hello", LONG);
        awaitOffered(bob, 1);
        eventually().until(() -> two.listener.events.contains("ackEnded hello Acked"));

        two.link.mute = false;
        fixture.broker.stop();
        eventually().until(() -> one.cluster.problem().isPresent());
        fixture.broker.start();

        assertThat(get(result)).isEqualTo(new AckResult.Acked());
        assertThat(texts(bob)).containsExactly("hello");
    }

    @Test
    void theOrderOfASenderIsThatOfPlainAndAcknowledgedTogether() {
        FakeConnection bob = new FakeConnection();
        acknowledging(two, bob);
        fixture.settle();

        one.router.send(to(Address.client("bob"), "1"));
        var _ = send("2", LONG);
        one.router.send(to(Address.client("bob"), "3"));
        var _ = send("4", LONG);

        awaitOffered(bob, 4);
        assertThat(texts(bob)).isEqualTo(List.of("1", "2", "3", "4"));
    }
}
