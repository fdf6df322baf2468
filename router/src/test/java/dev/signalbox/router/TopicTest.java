package dev.signalbox.router;

import static dev.signalbox.router.RouterFixture.SERVER;
import static dev.signalbox.router.RouterFixture.draft;
import static dev.signalbox.router.RouterFixture.text;
import static dev.signalbox.router.RouterFixture.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.router.ClientSession.Publishing;
import dev.signalbox.router.ClientSession.Subscribing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Topics: what they keep, who may use them, and how one comes back to them. */
@Timeout(120)
class TopicTest {
    private static final Duration AGE = Duration.ofMinutes(5);
    private static final TopicPolicy POLICY = new TopicPolicy(10, 10_000, AGE, TopicPolicy.SlowConsumer.GAP);
    private static final Address.Topic NEWS = Address.topic("news");

    private final RouterFixture fixture = new RouterFixture(RouterOptions.defaults()
            .withTopics(new RouterOptions.Topics(
                    3,
                    2,
                    List.of(new RouterOptions.TopicRule(
                            "big*", new TopicPolicy(1_000_000, 1 << 30, AGE, TopicPolicy.SlowConsumer.GAP))),
                    POLICY)));
    private final Router router = fixture.router;

    @BeforeEach
    void allowAll() {
        router.authorize((principal, operation, address) -> true);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private ClientSession connect(String user) {
        return fixture.endpoint.connect(user, new FakeConnection());
    }

    private void publish(int from, int to) {
        for (int i = from; i <= to; i++) {
            assertThat(router.send(to(NEWS, "m" + i)).complete()).isTrue();
        }
    }

    private static Subscribing.Subscribed subscribe(ClientSession session, TopicStart from) {
        return (Subscribing.Subscribed) session.subscribe("news", from);
    }

    private static List<Long> offsets(Topic.Kept kept) {
        return kept.publications().stream().map(Publication::offset).toList();
    }

    private static ErrorCode refusal(Subscribing subscribing) {
        return ((Subscribing.Refused) subscribing).error().code();
    }

    @Test
    void withoutAnAuthorizerClientsUseNoTopicAndTheServersCodeDoes() {
        try (RouterFixture plain = new RouterFixture()) {
            ClientSession alice = plain.endpoint.connect("alice", new FakeConnection());

            assertThat(refusal(alice.subscribe("news", new TopicStart.Now()))).isEqualTo(ErrorCode.FORBIDDEN);
            assertThat(alice.publish(draft(NEWS, "x"), Optional.empty()))
                    .isInstanceOfSatisfying(
                            Publishing.Refused.class,
                            refused -> assertThat(refused.error().code()).isEqualTo(ErrorCode.FORBIDDEN));
            assertThat(alice.send(draft(NEWS, "x")).errors())
                    .singleElement()
                    .extracting(RouteError::code)
                    .isEqualTo(ErrorCode.FORBIDDEN);
            assertThat(plain.router.topics()).isEmpty();
            assertThat(plain.router.send(to(NEWS, "x")).complete()).isTrue();
        }
    }

    @Test
    void theAuthorizerDecidesByUserOperationAndAddressAtEveryEntrance() {
        router.authorize((principal, operation, address) -> switch (operation) {
            case SUBSCRIBE -> address.equals(NEWS);
            case PUBLISH -> principal.user().equals("editor");
            case SEND -> !address.equals(Address.ALL);
        });
        ClientSession reader = connect("reader");
        ClientSession editor = connect("editor");

        assertThat(reader.subscribe("news", new TopicStart.Now())).isInstanceOf(Subscribing.Subscribed.class);
        assertThat(refusal(reader.subscribe("secrets", new TopicStart.Now()))).isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(reader.publish(draft(NEWS, "x"), Optional.empty())).isInstanceOf(Publishing.Refused.class);
        assertThat(editor.publish(draft(NEWS, "x"), Optional.empty())).isInstanceOf(Publishing.Published.class);
        assertThat(reader.send(draft(Address.ALL, "x")).errors())
                .singleElement()
                .extracting(RouteError::code)
                .isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(fixture.endpoint.broadcast).isEmpty();
    }

    @Test
    void anAuthorizerThatFailsAllowsNothing() {
        router.authorize((principal, operation, address) -> {
            throw new StackOverflowError("deep");
        });

        assertThat(refusal(connect("alice").subscribe("news", new TopicStart.Now())))
                .isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(fixture.listener.events).contains("logicFailed authorizer deep");
    }

    @Test
    void aSubscriberBeginsWhereItWantsTo() {
        publish(1, 3);
        ClientSession alice = connect("alice");
        UUID epoch = router.topic("news").orElseThrow().epoch();

        assertThat(subscribe(alice, new TopicStart.Now()).after()).isEqualTo(3);
        assertThat(subscribe(alice, new TopicStart.Oldest()).after()).isZero();
        Subscribing.Subscribed back = subscribe(alice, new TopicStart.After(new Position(epoch, 1)));
        assertThat(back.after()).isEqualTo(1);
        assertThat(back.recovered()).isTrue();
        Topic.Kept kept = back.topic().read(1, 3, 1 << 20);
        assertThat(offsets(kept)).containsExactly(2L, 3L);
        assertThat(kept.publications())
                .extracting(each -> each.message().payload())
                .containsExactly(text("m2"), text("m3"));
        assertThat(router.topic("news").orElseThrow().subscribers()).isEqualTo(1);
    }

    @Test
    void whatIsNoLongerKeptIsAGapWhetherByCountBytesOrAge() {
        ClientSession alice = connect("alice");
        Topic topic = subscribe(alice, new TopicStart.Now()).topic();
        publish(1, 25);
        assertThat(topic.read(0, 25, 1 << 20).first()).as("10 of 25").isEqualTo(16);
        router.send(to(NEWS, "x".repeat(8_000)));
        assertThat(topic.first()).as("10,000 bytes").isBetween(20L, 26L);
        assertThat(router.topic("news").orElseThrow().bytes()).isLessThanOrEqualTo(10_000);

        fixture.clock.advance(AGE.plusMillis(1));
        Topic.Kept kept = topic.read(25, 26, 1 << 20);
        assertThat(kept.first()).as("all of it, by age").isEqualTo(27);
        assertThat(kept.publications()).isEmpty();
        publish(27, 27);
        assertThat(topic.read(25, 27, 1 << 20).first()).isEqualTo(27);
        UUID epoch = topic.epoch();
        assertThat(subscribe(alice, new TopicStart.After(new Position(epoch, 20)))
                        .recovered())
                .isFalse();
        assertThat(subscribe(alice, new TopicStart.After(new Position(epoch, 26)))
                        .recovered())
                .isTrue();
    }

    @Test
    void aPositionOfAnotherLifeOrAheadOfTheTopicIsNotRecovered() {
        publish(1, 3);
        ClientSession alice = connect("alice");
        UUID epoch = router.topic("news").orElseThrow().epoch();

        for (Position wrong : List.of(new Position(MessageId.next(), 2), new Position(epoch, 4))) {
            Subscribing.Subscribed subscribed = subscribe(alice, new TopicStart.After(wrong));
            assertThat(subscribed.recovered()).isFalse();
            assertThat(subscribed.after()).as("all that is kept").isZero();
        }
    }

    @Test
    void anEmptyTopicWithoutSubscribersEndsAndItsNextLifeHasAnotherEpoch() {
        ClientSession alice = connect("alice");
        subscribe(alice, new TopicStart.Now());
        publish(1, 2);
        UUID first = router.topic("news").orElseThrow().epoch();
        fixture.clock.advance(AGE.plusSeconds(20));
        await().until(() -> router.topic("news").orElseThrow().first() == 3);
        assertThat(router.topics()).as("somebody subscribes").hasSize(1);

        alice.disconnected(CloseReason.GONE);
        fixture.clock.advance(Duration.ofSeconds(20));
        await().until(() -> router.topics().isEmpty());
        publish(1, 1);
        assertThat(router.topic("news").orElseThrow().epoch()).isNotEqualTo(first);
    }

    @Test
    void aMessageIsPublishedOnceForEachKeyOfAUser() {
        ClientSession alice = connect("alice");
        ClientSession tab = connect("alice");
        ClientSession bob = connect("bob");
        Publishing first = alice.publish(draft(NEWS, "one"), Optional.of("k"));

        assertThat(first).isInstanceOfSatisfying(Publishing.Published.class, published -> {
            assertThat(published.position().offset()).isEqualTo(1);
            assertThat(published.repeated()).isFalse();
            assertThat(tab.publish(draft(NEWS, "again"), Optional.of("k")))
                    .isEqualTo(new Publishing.Published(published.position(), true));
        });
        bob.publish(draft(NEWS, "another's"), Optional.of("k"));
        alice.publish(draft(NEWS, "two"), Optional.of("l"));
        alice.publish(draft(NEWS, "three"), Optional.empty());
        alice.publish(draft(NEWS, "three"), Optional.empty());
        assertThat(router.topic("news").orElseThrow().last()).isEqualTo(5);
    }

    @Test
    void topicsAndSubscriptionsAreBounded() {
        ClientSession alice = connect("alice");
        ClientSession bob = connect("bob");
        alice.subscribe("a", new TopicStart.Now());
        alice.subscribe("b", new TopicStart.Now());

        assertThat(refusal(alice.subscribe("c", new TopicStart.Now()))).isEqualTo(ErrorCode.OVERLOADED);
        assertThat(alice.subscribe("a", new TopicStart.Now())).as("again").isInstanceOf(Subscribing.Subscribed.class);
        assertThat(alice.unsubscribe("a")).isTrue();
        assertThat(alice.unsubscribe("a")).isFalse();
        assertThat(alice.subscribe("c", new TopicStart.Now())).isInstanceOf(Subscribing.Subscribed.class);
        assertThat(refusal(bob.subscribe("d", new TopicStart.Now())))
                .as("a fourth topic")
                .isEqualTo(ErrorCode.OVERLOADED);
        assertThat(router.send(to(Address.topic("d"), "x")).errors())
                .singleElement()
                .extracting(RouteError::code)
                .isEqualTo(ErrorCode.OVERLOADED);
        assertThat(router.topics()).extracting(TopicInfo::name).containsExactly("a", "b", "c");
    }

    @Test
    void aBroadcastOverTwoEndpointsHasOneOutcome() {
        FakeEndpoint second = new FakeEndpoint();
        router.attach(second);
        connect("alice");
        second.takesBroadcasts = false;

        SendReport refused = router.send(to(Address.ALL, "x"));
        assertThat(refused.accepted()).isZero();
        assertThat(refused.errors())
                .singleElement()
                .extracting(RouteError::code)
                .isEqualTo(ErrorCode.OVERLOADED);
        assertThat(fixture.endpoint.broadcast).isEmpty();
        second.takesBroadcasts = true;
        assertThat(router.send(to(Address.ALL, "x")).accepted()).isEqualTo(1);
        assertThat(fixture.endpoint.broadcast).hasSize(1);
        assertThat(second.broadcast).hasSize(1);
    }

    @Test
    void oneListReachesLogicTopicsAndAll() {
        FakeConnection connection = new FakeConnection();
        fixture.endpoint.connect("alice", connection);
        SendReport report = router.send(Message.of(
                SERVER, List.of(Address.ALL, NEWS, Address.client("alice"), Address.logic("nobody")), text("x")));

        assertThat(report.accepted()).isEqualTo(2);
        assertThat(report.errors()).singleElement().extracting(RouteError::code).isEqualTo(ErrorCode.UNKNOWN_LOGIC);
        assertThat(connection.offered).as("reached with all").isEmpty();
        assertThat(router.topic("news").orElseThrow().last()).isEqualTo(1);
    }

    /** What a shard is told, and what is read meanwhile. */
    private static final class Checker implements Shard {
        final List<Long> seen = new CopyOnWriteArrayList<>();
        final AtomicLong reserved = new AtomicLong();

        @Override
        public boolean reserve(Message message) {
            reserved.incrementAndGet();
            return true;
        }

        @Override
        public void release(Message message) {
            reserved.decrementAndGet();
        }

        @Override
        public void publish(Topic topic, Publication publication) {
            seen.add(publication.offset());
            reserved.decrementAndGet();
        }
    }

    @Test
    void manyPublishersMakeOneOrderWithoutHolesForShardsAndReaders() throws InterruptedException {
        ClientSession alice = connect("alice");
        Topic topic = ((Subscribing.Subscribed) alice.subscribe("big", new TopicStart.Now())).topic();
        Checker shard = new Checker();
        assertThat(topic.attach(shard)).isZero();
        AtomicBoolean publishing = new AtomicBoolean(true);
        List<Long> read = new ArrayList<>();
        Thread reader = Thread.ofPlatform().start(() -> {
            while (publishing.get() || read.size() < 4_000) {
                read.addAll(offsets(topic.read(read.size(), Long.MAX_VALUE, 10_000)));
            }
        });
        List<Thread> publishers = new ArrayList<>();
        for (int p = 0; p < 4; p++) {
            publishers.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 1_000; i++) {
                    router.send(to(Address.topic("big"), "x"));
                }
            }));
        }
        for (Thread publisher : publishers) {
            publisher.join();
        }
        publishing.set(false);
        reader.join();

        List<Long> all = LongStream.rangeClosed(1, 4_000).boxed().toList();
        assertThat(shard.seen).isEqualTo(all);
        assertThat(read).isEqualTo(all);
        assertThat(shard.reserved).hasValue(0);
        topic.detach(shard);
        router.send(to(Address.topic("big"), "x"));
        assertThat(shard.seen).hasSize(4_000);
    }

    @Test
    void metadataOfTheUserReachesTheAuthorizer() {
        List<Map<String, String>> seen = new ArrayList<>();
        router.authorize((principal, operation, address) -> seen.add(principal.metadata()));
        connect("alice").subscribe("news", new TopicStart.Now());

        assertThat(seen).containsExactly(Map.of("role", "tester"));
    }
}
