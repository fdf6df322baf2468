package dev.signalbox.router;

import static dev.signalbox.router.ClusterFixture.eventually;
import static dev.signalbox.router.RouterFixture.draft;
import static dev.signalbox.router.RouterFixture.texts;
import static dev.signalbox.router.RouterFixture.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Messages to clients of other nodes. */
@Timeout(120)
class ClusterRoutingTest {
    private final ClusterFixture fixture = new ClusterFixture();
    private final ClusterFixture.Node one = fixture.node("one");
    private final ClusterFixture.Node two = fixture.node("two");
    private final FakeConnection alice = new FakeConnection();
    private final FakeConnection bob = new FakeConnection();
    private final ClientSession onOne = one.connect("alice", alice);
    private final ClientSession onTwo = two.connect("bob", bob);

    @BeforeEach
    void settle() {
        fixture.settle();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private static void awaitTexts(FakeConnection connection, List<String> texts) {
        eventually().until(() -> texts(connection).size() >= texts.size());
        assertThat(texts(connection)).containsExactlyElementsOf(texts);
    }

    @Test
    void aMessageReachesAClientOnAnotherNodeAsItWasSent() {
        Draft draft = new Draft(List.of(Address.client("bob")), Payload.binary(new byte[] {1, 2}), Map.of("a", "b"));

        SendReport report = onOne.send(draft);

        assertThat(report.complete()).isTrue();
        assertThat(report.accepted()).isOne();
        eventually().until(() -> !bob.offered.isEmpty());
        Message received = bob.offered.element();
        assertThat(received.id()).isEqualTo(report.id());
        assertThat(received.source()).isEqualTo(Address.client("alice"));
        assertThat(received.payload()).isEqualTo(draft.payload());
        assertThat(received.headers()).isEqualTo(draft.headers());
    }

    @Test
    void manyMessagesKeepTheirOrderInFewEnvelopes() {
        List<String> sent =
                IntStream.range(0, 5_000).mapToObj(Integer::toString).toList();

        sent.forEach(text -> onOne.send(draft(Address.client("bob"), text)));

        awaitTexts(bob, sent);
        assertThat(one.cluster.counts().published()).isLessThan(4_500);
    }

    @Test
    void anAnswerFindsTheSessionThatSent() {
        FakeConnection another = new FakeConnection();
        one.connect("alice", another);
        bob.onOffer = message -> onTwo.send(draft(message.replyTo(), "back"));

        onOne.send(draft(Address.client("bob"), "there"));

        awaitTexts(alice, List.of("back"));
        assertThat(another.offered).isEmpty();
    }

    @Test
    void aUserIsReachedOnEachNode() {
        FakeConnection bobHere = new FakeConnection();
        one.connect("bob", bobHere);
        fixture.settle();

        SendReport report = onOne.send(draft(Address.client("bob"), "hello"));

        assertThat(report.complete()).isTrue();
        awaitTexts(bobHere, List.of("hello"));
        awaitTexts(bob, List.of("hello"));
    }

    @Test
    void whoIsNowhereIsUnknown() {
        SendReport report = onOne.send(draft(Address.client("nobody"), "hello"));
        SendReport toSession = onOne.send(draft(new Address.Session("bob", UUID.randomUUID()), "hello"));

        assertThat(report.errors()).extracting(RouteError::code).containsExactly(ErrorCode.UNKNOWN_CLIENT);
        assertThat(toSession.errors()).extracting(RouteError::code).containsExactly(ErrorCode.UNKNOWN_CLIENT);
    }

    @Test
    void aListReachesEachOnce() {
        FakeConnection carol = new FakeConnection();
        two.connect("carol", carol);
        fixture.settle();
        List<Address> targets =
                List.of(Address.client("alice"), Address.client("bob"), Address.client("carol"), Address.client("x"));

        SendReport report = one.router.send(Message.of(RouterFixture.SERVER, targets, Payload.text("list")));

        assertThat(report.errors()).extracting(RouteError::target).containsExactly(Optional.of(Address.client("x")));
        for (FakeConnection each : List.of(alice, bob, carol)) {
            awaitTexts(each, List.of("list"));
        }
    }

    @Test
    void allIsAllNodes() {
        one.router.send(to(Address.ALL, "hear"));

        eventually().until(() -> !two.endpoint.broadcast.isEmpty());
        assertThat(one.endpoint.broadcast).hasSize(1);
        assertThat(two.endpoint.broadcast).hasSize(1);
    }

    @Test
    void aLaterRefusalComesBackToItsSender() {
        bob.room = 0;

        SendReport report = onOne.send(draft(Address.client("bob"), "too much"));

        assertThat(report.complete()).isTrue();
        eventually().until(() -> !alice.refused.isEmpty());
        assertThat(alice.refused.element().code()).isEqualTo(ErrorCode.SLOW_CONSUMER);
        assertThat(alice.refused.element().target()).contains(Address.client("bob"));
        assertThat(one.listener.events).contains("refused " + report.id() + " SLOW_CONSUMER");
    }

    @Test
    void middlewareRunsOnceOnTheSendersNode() {
        AtomicInteger onSender = new AtomicInteger();
        AtomicInteger onReceiver = new AtomicInteger();
        one.router.onSend(message -> {
            onSender.incrementAndGet();
            return Decision.accept(message.withPayload(Payload.text("changed")));
        });
        two.router.onSend(message -> {
            onReceiver.incrementAndGet();
            return Decision.accept(message);
        });
        two.router.onReceive(message -> {
            onReceiver.incrementAndGet();
            return Decision.accept(message);
        });

        onOne.send(draft(Address.client("bob"), "hello"));

        awaitTexts(bob, List.of("changed"));
        assertThat(onSender).hasValue(1);
        assertThat(onReceiver).hasValue(0);
    }

    @Test
    void disconnectingWorksFromAnyNode() {
        assertThat(one.router.disconnect("bob", CloseReason.REMOVED)).isTrue();
        assertThat(two.router.disconnect(onOne.info().id(), CloseReason.REMOVED))
                .isTrue();

        eventually().until(() -> bob.closed.get() == CloseReason.REMOVED);
        eventually().until(() -> alice.closed.get() == CloseReason.REMOVED);
        assertThat(one.router.disconnect("nobody", CloseReason.REMOVED)).isFalse();
    }

    @Test
    void whoLeavesIsGoneOnAllNodes() {
        onTwo.disconnected(CloseReason.GONE);
        fixture.settle();

        assertThat(onOne.send(draft(Address.client("bob"), "hello")).complete()).isFalse();
        assertThat(one.cluster.elsewhere()).isEmpty();
    }

    @Test
    void sessionsAreKnownWithMetadataAndTheTimeOfTheirLastMessage() {
        fixture.pass(Duration.ofSeconds(1));
        onTwo.send(draft(Address.client("bob"), "to myself"));
        SessionInfo own = onTwo.info();

        fixture.passUntil(
                Duration.ofSeconds(30),
                () -> assertThat(one.cluster.elsewhere("bob"))
                        .containsExactly(new Cluster.Elsewhere(two.cluster.self(), own)));
        assertThat(own.metadata()).containsEntry("role", "tester");
    }

    @Test
    void aPublicationReachesSubscribersOnAllNodesOnce() {
        two.link.doubles = true;
        assertThat(onOne.subscribe("news", new TopicStart.Now()))
                .isInstanceOf(ClientSession.Subscribing.Subscribed.class);
        awaitTopic(one, onTwo, "news", "first");

        onTwo.publish(draft(Address.topic("news"), "keyed"), Optional.of("key"));
        onTwo.publish(draft(Address.topic("news"), "keyed"), Optional.of("key"));
        onTwo.send(draft(Address.topic("news"), "sent"));

        eventually().until(() -> kept(one, "news").contains("sent"));
        assertThat(kept(one, "news").stream().filter(text -> !text.equals("first")))
                .containsExactly("keyed", "sent");
    }

    @Test
    void whatIsVolatileReachesSubscribersOfOtherNodesAndIsKeptNowhere() {
        ClientSession.Subscribing.Subscribed subscribed =
                (ClientSession.Subscribing.Subscribed) onOne.subscribe("news", new TopicStart.Now());
        List<String> seen = new CopyOnWriteArrayList<>();
        subscribed.topic().attach(new Shard() {
            @Override
            public boolean reserve(Message message) {
                return true;
            }

            @Override
            public void release(Message message) {
                throw new AssertionError("every publication here is taken");
            }

            @Override
            public void publish(Topic topic, Publication publication) {
                seen.add(publication.message().payload() + " " + publication.isVolatile());
            }
        });
        awaitTopic(one, onTwo, "news", "first");

        onTwo.publishVolatile(draft(Address.topic("news"), "typing"));
        onTwo.publishVolatile(draft(Address.topic("unheard"), "typing"));

        eventually().until(() -> seen.contains("typing true"));
        assertThat(kept(one, "news")).doesNotContain("typing");
        assertThat(kept(two, "news")).doesNotContain("typing");
        assertThat(one.router.topic("unheard")).isEmpty();
    }

    @Test
    void aPatternHearsWhatOtherNodesPublish() {
        assertThat(onOne.subscribe("news.*", new TopicStart.Now()))
                .isInstanceOf(ClientSession.Subscribing.Subscribed.class);

        awaitTopic(one, onTwo, "news.sports", "news.*", "goal");
        awaitTopic(one, onTwo, "news.weather", "news.*", "rain");

        onTwo.send(draft(Address.topic("other"), "unheard"));
        onTwo.send(draft(Address.topic("news.sports"), "whistle"));
        eventually().until(() -> kept(one, "news.*").contains("whistle"));
        assertThat(kept(one, "news.*")).doesNotContain("unheard");
        assertThat(one.router.topic("other")).isEmpty();
    }

    private static void awaitTopic(ClusterFixture.Node at, ClientSession from, String topic, String text) {
        awaitTopic(at, from, topic, topic, text);
    }

    /** Publishes until the other node's subscription, which takes its time, has come to the broker. */
    private static void awaitTopic(
            ClusterFixture.Node at, ClientSession from, String topic, String subscription, String text) {
        eventually().until(() -> {
            from.send(draft(Address.topic(topic), text));
            return kept(at, subscription).contains(text);
        });
    }

    private static List<String> kept(ClusterFixture.Node node, String topic) {
        return node.router.read(topic, 0, 1 << 20).stream()
                .flatMap(kept -> kept.publications().stream())
                .map(each -> each.message().payload().toString())
                .toList();
    }

    @Test
    void aTopicThatNobodyHasOnANodeIsNotCarriedThere() {
        Set<String> channels = ConcurrentHashMap.newKeySet();
        one.link.loses = channel -> {
            channels.add(channel.name());
            return false;
        };

        onTwo.send(draft(Address.topic("unheard"), "x"));
        onTwo.send(draft(Address.client("alice"), "mark"));

        awaitTexts(alice, List.of("mark"));
        assertThat(one.router.topic("unheard")).isEmpty();
        assertThat(channels).noneMatch(name -> name.startsWith("topic."));
    }

    @Test
    void whatIsMissingFromATopicLeavesAGap() {
        onOne.subscribe("news", new TopicStart.Now());
        awaitTopic(one, onTwo, "news", "first");
        long last = one.router.topic("news").orElseThrow().last();

        one.link.loses = channel -> channel.name().startsWith("topic.");
        onTwo.send(draft(Address.topic("news"), "lost"));
        onTwo.send(draft(Address.client("alice"), "mark"));
        awaitTexts(alice, List.of("mark"));
        one.link.loses = channel -> false;
        onTwo.send(draft(Address.topic("news"), "found"));

        eventually().until(() -> kept(one, "news").contains("found"));
        Topic.Kept after = one.router.read("news", last, 1 << 20).orElseThrow();
        assertThat(after.first()).isGreaterThan(last + 1);
        assertThat(after.publications()).hasSize(1);
        assertThat(one.cluster.counts().losses()).isPositive();
    }

    @Test
    void aClusterIsJoinedOnceAndBeforeTheFirstEndpoint() {
        assertThatIllegalStateException()
                .isThrownBy(() -> one.router.join(
                        fixture.broker.link("test"), ClusterOptions.of("again", ClusterFixture.SECRET)));
    }
}
