package dev.signalbox.router;

import static dev.signalbox.router.ClusterFixture.eventually;
import static dev.signalbox.router.RouterFixture.draft;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.router.ClientSession.Publishing;
import dev.signalbox.router.ClientSession.Subscribing;
import dev.signalbox.testing.services.Effort;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random histories of a topic of the cluster: three nodes publish to it and follow it, while the broker stops, the link loses and repeats, and the
 * store of the history is away, slow, or loses its answers. All who follow it get the same, in the same order, without a gap: what was told to be
 * published is there once, what was told not to be is not, and the messages of each sender are in order.
 */
@Timeout(600)
class ClusterHistorySimulationTest {
    private static final int STEPS = 300;
    private static final String TOPIC = ClusterFixture.SHARED + "/x";

    static LongStream seeds() {
        return Effort.seeds(8);
    }

    /** A message that a node was to publish, and what came of it. */
    private record Wish(String text, Publishing publishing) {
        private boolean isSettled() {
            return !(publishing instanceof Publishing.Later(var outcome))
                    || outcome.toCompletableFuture().isDone();
        }

        private Publishing outcome() {
            return publishing instanceof Publishing.Later(var outcome)
                    ? outcome.toCompletableFuture().join()
                    : publishing;
        }
    }

    /** One who came later, after a message that somebody else had seen. */
    private record Late(Follower follower, int after) {}

    private final ClusterFixture fixture = new ClusterFixture();
    private final Map<ClusterFixture.Node, ClientSession> sessions = new HashMap<>();
    private final List<Follower> followers = new ArrayList<>();
    private final List<Late> late = new ArrayList<>();
    private final List<Wish> wishes = new ArrayList<>();
    private int count;

    @ParameterizedTest
    @MethodSource("seeds")
    void whateverHappensAllWhoFollowGetTheSame(long seed) {
        Random random = new Random(seed);
        try (fixture) {
            for (String name : List.of("one", "two", "three")) {
                ClusterFixture.Node node = fixture.node(name, options -> options.withBuffer(random.nextBoolean()));
                sessions.put(node, node.connect("user-" + name, new FakeConnection()));
            }
            fixture.settle();
            fixture.nodes.forEach(node -> followers.add(
                    new Follower((Subscribing.Subscribed) session(node).subscribe(TOPIC, new TopicStart.Now()))));
            for (int i = 0; i < STEPS; i++) {
                step(random);
            }
            heal();
            assertThatAllIsWell(Effort.replay(ClusterHistorySimulationTest.class, seed));
        }
    }

    private ClientSession session(ClusterFixture.Node node) {
        return Objects.requireNonNull(sessions.get(node));
    }

    private void step(Random random) {
        ClusterFixture.Node node = fixture.nodes.get(random.nextInt(fixture.nodes.size()));
        switch (random.nextInt(60)) {
            case 0 -> node.history.mute = true;
            case 1 -> node.history.away = true;
            case 2 -> node.history.holds = true;
            case 3, 4, 5, 6 -> mend(node);
            case 7 -> node.link.loses = channel -> channel.name().startsWith("topic.");
            case 8, 9 -> node.link.loses = channel -> false;
            case 10 -> node.link.doubles = random.nextBoolean();
            case 11 -> fixture.broker.stop();
            case 12, 13 -> fixture.broker.start();
            case 14, 15, 16 -> fixture.clock.advance(Duration.ofMillis(random.nextInt(100, 1_000)));
            case 17, 18 -> come(node, followers.get(random.nextInt(followers.size())));
            default -> publish(node);
        }
    }

    private static void mend(ClusterFixture.Node node) {
        node.history.mute = false;
        node.history.away = false;
        node.history.release();
        node.link.loses = channel -> false;
    }

    private void come(ClusterFixture.Node node, Follower other) {
        int seen = other.texts().size();
        ClientSession session = node.connect("late", new FakeConnection());
        TopicStart.After after = new TopicStart.After(other.position());
        if (seen == other.texts().size()
                && session.subscribe(TOPIC, after) instanceof Subscribing.Subscribed subscribed) {
            late.add(new Late(new Follower(subscribed), seen));
        }
    }

    private void publish(ClusterFixture.Node node) {
        String text = node.name + " " + ++count;
        wishes.add(new Wish(text, session(node).publish(draft(Address.topic(TOPIC), text), Optional.empty())));
    }

    private void heal() {
        fixture.nodes.forEach(ClusterHistorySimulationTest::mend);
        fixture.broker.start();
        fixture.passUntil(Duration.ofMinutes(1), () -> assertThat(wishes).allMatch(Wish::isSettled));
        fixture.passUntil(
                Duration.ofMinutes(1),
                () -> fixture.nodes.forEach(
                        node -> assertThat(node.cluster.problem()).isEmpty()));
        for (ClusterFixture.Node node : fixture.nodes) {
            publish(node);
        }
        eventually().until(() -> wishes.stream().allMatch(Wish::isSettled));
        Set<String> published = published();
        fixture.passUntil(
                Duration.ofMinutes(1),
                () -> assertThat(followers)
                        .allSatisfy(each -> assertThat(each.texts()).containsAll(published)));
    }

    private Set<String> published() {
        Set<String> published = new HashSet<>();
        wishes.stream()
                .filter(wish -> wish.outcome() instanceof Publishing.Published)
                .forEach(wish -> published.add(wish.text()));
        return published;
    }

    private void assertThatAllIsWell(String replay) {
        List<String> order = followers.getFirst().texts();
        assertThat(order).as(replay).doesNotContain(Follower.GAP).doesNotHaveDuplicates();
        assertThat(followers)
                .as(replay)
                .allSatisfy(each -> assertThat(each.texts()).isEqualTo(order));
        assertThat(late).as(replay).allSatisfy(each -> {
            assertThat(each.follower().recovered()).isTrue();
            assertThat(each.follower().texts()).isEqualTo(order.subList(each.after(), order.size()));
        });
        Set<String> refused = new HashSet<>();
        for (Wish wish : wishes) {
            if (wish.outcome() instanceof Publishing.Refused(RouteError error) && error.code() != ErrorCode.TIMEOUT) {
                refused.add(wish.text());
            }
        }
        assertThat(order).as(replay).noneMatch(refused::contains);
        for (ClusterFixture.Node node : fixture.nodes) {
            assertThat(order.stream()
                            .filter(each -> each.startsWith(node.name))
                            .map(each -> Integer.valueOf(each.substring(node.name.length() + 1))))
                    .as(replay)
                    .isSorted();
        }
    }
}
