package dev.signalbox.router;

import static dev.signalbox.router.RouterFixture.to;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.signalbox.router.ClientSession.Subscribing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Subscriptions to all topics whose names begin alike. */
@Timeout(120)
class TopicPatternTest {
    private static final Duration AGE = Duration.ofMinutes(5);
    private static final int PUBLISHERS = 4;
    private static final int EACH = 2_000;
    private static final int ROUNDS = 200;

    private final RouterFixture fixture = new RouterFixture(RouterOptions.defaults()
            .withTopics(new RouterOptions.Topics(
                    1_000,
                    1_000,
                    List.of(),
                    new TopicPolicy(1_000_000, 1 << 30, AGE, TopicPolicy.SlowConsumer.GAP).withPresence(true))));
    private final Router router = fixture.router;
    private final ClientSession alice = fixture.endpoint.connect("alice", new FakeConnection());

    @BeforeEach
    void allowAll() {
        router.authorize((principal, operation, address) -> true);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private Topic subscribe(String pattern) {
        return ((Subscribing.Subscribed) alice.subscribe(pattern, new TopicStart.Now())).topic();
    }

    private void publish(String topic, String text) {
        assertThat(router.send(to(Address.topic(topic), text)).errors()).isEmpty();
    }

    private static List<Publication> all(Topic topic) {
        return topic.read(0, Long.MAX_VALUE, Integer.MAX_VALUE).publications();
    }

    private static List<String> texts(Topic topic) {
        return all(topic).stream()
                .map(each -> each.topic() + " " + each.message().payload())
                .toList();
    }

    @Test
    void eachPatternHasTheMessagesOfItsTopicsFromItsFirstSubscriberOn() {
        publish("news.sport", "before");
        Topic news = subscribe("news.*");
        Topic sport = subscribe("news.sport*");
        Topic everything = subscribe("*");
        publish("news.sport", "1");
        publish("news.", "2");
        publish("news", "3");
        publish("news.sports", "4");

        assertThat(texts(news)).containsExactly("news.sport 1", "news. 2", "news.sports 4");
        assertThat(texts(sport)).containsExactly("news.sport 1", "news.sports 4");
        assertThat(texts(everything)).containsExactly("news.sport 1", "news. 2", "news 3", "news.sports 4");
        assertThat(all(news)).extracting(Publication::offset).containsExactly(1L, 2L, 3L);
        assertThat(router.topic("news.sport").orElseThrow().last()).isEqualTo(2);
    }

    /** A pattern's shard has no room: then the topic and the other pattern do not have the message, either. */
    @Test
    void eitherTheTopicAndAllItsPatternsTakeAMessageOrNoneDoes() {
        Topic news = subscribe("news.*");
        Topic everything = subscribe("*");
        Shelf shelf = new Shelf();
        Shelf full = new Shelf();
        news.attach(shelf);
        everything.attach(full);
        full.hasRoom = false;

        assertThat(router.send(to(Address.topic("news.sport"), "lost")).errors())
                .singleElement()
                .extracting(RouteError::code)
                .isEqualTo(ErrorCode.OVERLOADED);
        full.hasRoom = true;
        publish("news.sport", "taken");
        assertThat(texts(news)).containsExactly("news.sport taken");
        assertThat(shelf.reserved).as("what was reserved was given back").isZero();
        assertThat(shelf.published).containsExactly(1L);
        assertThat(full.published).containsExactly(1L);
        assertThat(router.topic("news.sport").orElseThrow().last()).isEqualTo(1);
    }

    @Test
    void aPatternHasTheMessagesOfEachTopicInTheOrderOfTheTopicAlsoWithManyPublishers() throws InterruptedException {
        Topic news = subscribe("news.*");
        Topic everything = subscribe("*");
        CyclicBarrier start = new CyclicBarrier(PUBLISHERS);
        List<Thread> publishers = new ArrayList<>();
        for (int p = 0; p < PUBLISHERS; p++) {
            int publisher = p;
            publishers.add(Thread.ofPlatform().start(() -> {
                RouterFixture.await(start);
                for (int i = 0; i < EACH; i++) {
                    publish("news." + i % 3, publisher + "-" + i);
                }
            }));
        }
        for (Thread each : publishers) {
            each.join();
        }

        for (Topic pattern : List.of(news, everything)) {
            Map<String, List<UUID>> byTopic = new HashMap<>();
            all(pattern)
                    .forEach(each -> byTopic.computeIfAbsent(each.topic(), topic -> new ArrayList<>())
                            .add(each.message().id()));
            assertThat(byTopic).hasSize(3);
            byTopic.forEach((topic, ids) -> assertThat(ids)
                    .isEqualTo(ids(router.read(topic, 0, Integer.MAX_VALUE)
                            .orElseThrow()
                            .publications())));
        }
        assertThat(all(news)).hasSize(PUBLISHERS * EACH);
    }

    /** A subscriber that comes while others publish gets the rest of each topic, not a part with holes. */
    @Test
    void fromItsBeginningAPatternMissesNothing() throws InterruptedException {
        for (int round = 0; round < ROUNDS; round++) {
            String topic = "r" + round + ".a";
            CyclicBarrier start = new CyclicBarrier(3);
            List<Thread> publishers = new ArrayList<>();
            for (int p = 0; p < 2; p++) {
                publishers.add(Thread.ofPlatform().start(() -> {
                    RouterFixture.await(start);
                    for (int i = 0; i < 20; i++) {
                        publish(topic, "m" + i);
                    }
                }));
            }
            RouterFixture.await(start);
            Topic pattern = subscribe("r" + round + ".*");
            for (Thread each : publishers) {
                each.join();
            }

            List<UUID> gathered = ids(all(pattern));
            List<UUID> published =
                    ids(router.read(topic, 0, Integer.MAX_VALUE).orElseThrow().publications());
            assertThat(gathered)
                    .as("round " + round)
                    .isEqualTo(published.subList(published.size() - gathered.size(), published.size()));
        }
    }

    private static List<UUID> ids(List<Publication> publications) {
        return publications.stream().map(each -> each.message().id()).toList();
    }

    @Test
    void aPatternEndsSomeTimeAfterItsLastSubscriberAlthoughMessagesGoOn() {
        Topic first = subscribe("news.*");
        publish("news.sport", "seen");
        alice.unsubscribe("news.*");
        fixture.clock.advance(AGE);
        publish("news.sport", "still kept");
        assertThat(texts(first)).containsExactly("news.sport seen", "news.sport still kept");
        fixture.clock.advance(Duration.ofSeconds(30));
        publish("news.sport", "later");

        await().until(() -> router.topic("news.*").isEmpty());
        publish("news.sport", "not gathered any more");
        assertThat(texts(first)).hasSize(2);
        Topic second = subscribe("news.*");
        assertThat(second.epoch()).isNotEqualTo(first.epoch());
        publish("news.sport", "anew");
        assertThat(texts(second)).containsExactly("news.sport anew");
    }

    @Test
    void nobodyPublishesToAPatternNorKnowsWhoSubscribes() {
        subscribe("news.*");

        assertThat(router.send(to(Address.topic("news.*"), "x")).errors())
                .singleElement()
                .extracting(RouteError::code)
                .isEqualTo(ErrorCode.FORBIDDEN);
        assertThat(router.publish(to(Address.topic("*"), "x"), Optional.empty()))
                .isInstanceOf(ClientSession.Publishing.Refused.class);
        assertThat(alice.presence("news.*")).isInstanceOf(ClientSession.Presence.Refused.class);
        for (String wrong : List.of("a*b", "**", "*a", "")) {
            assertThatIllegalArgumentException().as(wrong).isThrownBy(() -> Address.topic(wrong));
        }
    }

    @Test
    void patternsMeetWhereSomeTopicIsOfBoth() {
        assertThat(TopicPattern.fits("news.*", "news.sport")).isTrue();
        assertThat(TopicPattern.fits("news.*", "news.s*")).isTrue();
        assertThat(TopicPattern.fits("news.s*", "news.*")).isFalse();
        assertThat(TopicPattern.fits("news", "news*")).isFalse();
        assertThat(TopicPattern.meet("news.s*", "news.*")).isTrue();
        assertThat(TopicPattern.meet("news", "news*")).isTrue();
        assertThat(TopicPattern.meet("news.s*", "news.t*")).isFalse();
    }

    /** A shard that counts. */
    private static final class Shelf implements Shard {
        private final List<Long> published = new ArrayList<>();
        private boolean hasRoom = true;
        private int reserved;

        @Override
        public boolean reserve(Message message) {
            reserved += hasRoom ? 1 : 0;
            return hasRoom;
        }

        @Override
        public void release(Message message) {
            reserved--;
        }

        @Override
        public void publish(Topic topic, Publication publication) {
            reserved--;
            published.add(publication.offset());
        }
    }
}
