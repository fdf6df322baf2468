package dev.signalbox.router;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;

/** Some nodes of one cluster in this process, over a broker in memory, on one clock that a test moves. */
final class ClusterFixture implements AutoCloseable {
    static final String SECRET = "a secret of the tests, long enough";
    static final Duration PATIENCE = Duration.ofSeconds(60);
    static final Duration STEP = Duration.ofSeconds(1);
    /** Topics whose names begin so are the cluster's; all others each node's own. */
    static final String SHARED = "shared";

    /** Topics whose names begin so keep account of who is there. */
    static final String ROOMS = "rooms/";

    static final RouterOptions OPTIONS = RouterOptions.defaults()
            .withDrain(Duration.ofSeconds(1))
            .withTopics(new RouterOptions.Topics(
                    10_000,
                    100,
                    List.of(
                            new RouterOptions.TopicRule(
                                    SHARED + "*", TopicPolicy.DEFAULT.withScope(TopicPolicy.Scope.CLUSTER)),
                            new RouterOptions.TopicRule(ROOMS + "*", TopicPolicy.DEFAULT.withPresence(true))),
                    TopicPolicy.DEFAULT));

    final SettableClock clock = new SettableClock();
    final MemoryBroker broker = MemoryBroker.create(clock);
    final FaultyHistory.Store store = new FaultyHistory.Store(clock);
    /** The most bytes that the links of nodes to come carry at a time. */
    int linkBytes = 64 << 20;

    final List<Node> nodes = new ArrayList<>();
    /** Of the routers of nodes to come. */
    RouterOptions options = OPTIONS;

    /** The first name that begins so and ends in a number, and belongs to a topic in the same partition. */
    static String neighbour(String topic, String beginning) {
        return neighbours(topic, beginning, 1).getFirst();
    }

    /** The first of these names. */
    static List<String> neighbours(String topic, String beginning, int count) {
        return IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> beginning + i)
                .filter(name -> ClusterInterest.partition(name) == ClusterInterest.partition(topic))
                .limit(count)
                .toList();
    }

    /** Waits for what takes no longer than some messages within this process. */
    static ConditionFactory eventually() {
        return await().atMost(PATIENCE).pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2));
    }

    /** A node with an endpoint whose clients connect by method call. */
    final class Node {
        final String name;
        final CountingListener listener = new CountingListener();
        final FakeEndpoint endpoint = new FakeEndpoint();
        final FaultyLink link = new FaultyLink(broker.link("test"), linkBytes);
        final FaultyHistory history = new FaultyHistory(store);
        final Router router;
        final Cluster cluster;

        private Node(String name, UnaryOperator<ClusterOptions> change) {
            this.name = name;
            router = Router.create(options, listener, clock);
            router.authorize((principal, operation, address) -> true);
            cluster = router.join(link, change.apply(ClusterOptions.of(name, SECRET)), history);
            router.attach(endpoint);
        }

        ClientSession connect(String user, FakeConnection connection) {
            return endpoint.connect(user, connection);
        }

        private boolean hears() {
            return !link.deaf && cluster.problem().isEmpty();
        }

        private boolean speaksAs(ClusterNode known) {
            return known.id().equals(cluster.self())
                    && !link.mute
                    && cluster.problem().isEmpty();
        }

        /** The names of the nodes that this one knows, itself included. */
        List<String> known() {
            return cluster.nodes().stream().map(ClusterNode::name).sorted().toList();
        }
    }

    Node node(String name) {
        return node(name, options -> options);
    }

    Node node(String name, UnaryOperator<ClusterOptions> change) {
        Node node = new Node(name, change);
        nodes.add(node);
        return node;
    }

    /** Waits until each node knows each other, with all of its sessions and logic. */
    void settle() {
        eventually().untilAsserted(() -> {
            for (Node one : nodes) {
                for (Node other : nodes) {
                    requireKnown(one, other);
                }
            }
        });
    }

    private static void requireKnown(Node one, Node other) {
        ClusterNode own = self(other);
        ClusterNode seen = one.cluster.nodes().stream()
                .filter(each -> each.id().equals(own.id()))
                .findFirst()
                .orElseThrow(() -> new AssertionError(one.name + " does not know " + other.name));
        if (seen.sessions() != own.sessions() || !seen.logics().equals(own.logics())) {
            throw new AssertionError(one.name + " knows of " + other.name + " only " + seen + ", not " + own);
        }
    }

    private static ClusterNode self(Node node) {
        return node.cluster.nodes().getFirst();
    }

    /** Moves the clock in small steps, so that heartbeats are given and heard as they would be, until the assertion holds. */
    void passUntil(Duration most, Runnable assertion) {
        Duration passed = Duration.ZERO;
        AssertionError last = failure(assertion);
        while (last != null && passed.compareTo(most) < 0) {
            pass(STEP);
            passed = passed.plus(STEP);
            last = failure(assertion);
        }
        if (last != null) {
            throw last;
        }
    }

    private static @Nullable AssertionError failure(Runnable assertion) {
        try {
            assertion.run();
            return null;
        } catch (AssertionError e) {
            return e;
        }
    }

    /** Moves the clock, and waits until each node has noticed, and has heard of the others what they said because of it. */
    void pass(Duration by) {
        clock.advance(by);
        nodes.forEach(this::awaitTimers);
        // However fast the clock is moved, nobody may seem to be silent who is not.
        nodes.forEach(node -> ((ClusterMember) node.cluster).tellBeat());
        eventually().until(() -> nodes.stream().allMatch(this::hasHeard));
    }

    private void awaitTimers(Node node) {
        Deadlines deadlines = ((MessageRouter) node.router).deadlines();
        CountDownLatch noticed = new CountDownLatch(1);
        // What is first wakes the timer's thread, which then finds all that is due.
        deadlines.at(Instant.EPOCH, () -> {});
        deadlines.at(clock.instant(), noticed::countDown);
        try {
            RouterFixture.await(noticed);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private boolean hasHeard(Node node) {
        Instant since = clock.instant();
        return !node.hears()
                || node.cluster.nodes().stream()
                        .filter(known -> nodes.stream().anyMatch(each -> each.speaksAs(known)))
                        .noneMatch(known -> known.heardAt().isBefore(since));
    }

    @Override
    public void close() {
        broker.start();
        nodes.forEach(node -> node.router.close());
    }
}
