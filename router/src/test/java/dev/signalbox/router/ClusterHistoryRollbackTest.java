package dev.signalbox.router;

import static dev.signalbox.router.ClusterFixture.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A history that has lost something, was emptied, or has what nobody of the cluster put there. */
@Timeout(120)
class ClusterHistoryRollbackTest extends ClusterHistoryFixture {
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

        // Of what is behind the gap, the history is read as far as it was when the node saw that it is another.
        fixture.passUntil(
                Duration.ofMinutes(1),
                () -> assertThat(onOne.texts())
                        .isIn(
                                List.of("a", "b", "c", Follower.GAP, "e"),
                                List.of("a", "b", "c", Follower.GAP, "B", "C", "e")));
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

    /** As in a failover, which loses something, and during which the history does not answer. */
    @Test
    void aHistoryThatWentBackAndWasOvertakenWhileItCouldNotBeReadIsNoticed() {
        Follower onOne = follow(alice);
        published(alice, "a", "b", "c");
        awaitTexts(onOne, "a", "b", "c");
        UUID before = one.router.topic(NEWS).orElseThrow().epoch();

        fixture.store.goBack(2);
        losesTopicsOf(one, () -> published(bob, "B", "C"));
        one.history.away = true;
        published(bob, "D");
        awaitTexts(onOne, "a", "b", "c", "D");
        awaitCarriedTo(one);
        one.history.away = false;

        fixture.passUntil(
                Duration.ofMinutes(1),
                () -> assertThat(one.router.topic(NEWS).orElseThrow().epoch()).isNotEqualTo(before));
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
}
