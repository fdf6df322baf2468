package dev.signalbox.router;

import static dev.signalbox.router.RouterFixture.draft;
import static dev.signalbox.router.RouterFixture.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.router.ClientSession.Publishing;
import dev.signalbox.router.ClientSession.Subscribing;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of topics that all nodes share where the link or the history does not do what it should. */
@Timeout(120)
class ClusterHistoryOutageTest extends ClusterHistoryFixture {
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
}
