package dev.signalbox.router;

import static dev.signalbox.router.RouterFixture.to;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.router.ClientSession.Subscribing;
import dev.signalbox.testing.services.Effort;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Topics of which those who lag read only the newest message of each key. */
@Timeout(120)
class ConflationTest {
    private static final Duration AGE = Duration.ofMinutes(5);
    private static final Address.Topic PRICES = Address.topic("prices");
    private static final int ALL = 1 << 20;

    private final RouterFixture fixture = new RouterFixture(RouterOptions.defaults()
            .withTopics(new RouterOptions.Topics(
                    10,
                    10,
                    List.of(),
                    new TopicPolicy(10, ALL, AGE, TopicPolicy.SlowConsumer.GAP).conflatingBy("symbol"))));
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

    private Topic subscribe(String topic) {
        return ((Subscribing.Subscribed) alice.subscribe(topic, new TopicStart.Now())).topic();
    }

    private void publish(Address.Topic topic, @Nullable String key) {
        Message message = to(topic, String.valueOf(key));
        assertThat(router.publish(key == null ? message : message.withHeader("symbol", key), Optional.empty()))
                .isInstanceOf(ClientSession.Publishing.Published.class);
    }

    private static List<Long> offsets(Topic.Kept kept) {
        return kept.publications().stream().map(Publication::offset).toList();
    }

    @Test
    void ofEachKeyTheNewestIsReadAndWhatHasNoKeyIsReadWhole() {
        Topic topic = subscribe("prices");
        for (String key : List.of("a", "b", "a", "", "b", "a")) {
            publish(PRICES, key.isEmpty() ? null : key);
        }

        assertThat(offsets(topic.readNewest(0, 6, ALL))).containsExactly(4L, 5L, 6L);
        assertThat(offsets(topic.readNewest(0, Long.MAX_VALUE, ALL))).containsExactly(4L, 5L, 6L);
        assertThat(offsets(topic.readNewest(0, 4, ALL)))
                .as("what comes after the fourth does not count")
                .containsExactly(2L, 3L, 4L);
        assertThat(offsets(topic.readNewest(0, 6, 1))).as("in pieces").containsExactly(4L);
        assertThat(offsets(topic.readNewest(4, 6, 1))).containsExactly(5L);
        assertThat(offsets(topic.read(0, 6, ALL))).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    }

    @Test
    void whatIsNoLongerKeptIsForgottenWithItsKey() {
        Topic topic = subscribe("prices");
        for (int i = 1; i <= 25; i++) {
            publish(PRICES, i % 2 == 0 ? "even" : "odd");
        }

        Topic.Kept kept = topic.readNewest(0, 25, ALL);
        assertThat(kept.first()).as("10 of 25").isEqualTo(16);
        assertThat(offsets(kept)).containsExactly(24L, 25L);
        fixture.clock.advance(AGE.plusMillis(1));
        assertThat(offsets(topic.readNewest(0, 25, ALL))).isEmpty();
        publish(PRICES, "even");
        assertThat(offsets(topic.readNewest(0, 26, ALL))).containsExactly(26L);
    }

    @Test
    void inAPatternEachTopicHasItsOwnKeys() {
        Topic pattern = subscribe("prices.*");
        publish(Address.topic("prices.paris"), "a");
        publish(Address.topic("prices.tokyo"), "a");
        publish(Address.topic("prices.paris"), "a");

        assertThat(offsets(pattern.readNewest(0, 3, ALL))).containsExactly(2L, 3L);
    }

    @Test
    void withoutAKeyInItsPolicyATopicIsReadWhole() {
        try (RouterFixture plain = new RouterFixture()) {
            plain.router.authorize((principal, operation, address) -> true);
            ClientSession bob = plain.endpoint.connect("bob", new FakeConnection());
            Topic topic = ((Subscribing.Subscribed) bob.subscribe("prices", new TopicStart.Now())).topic();
            for (int i = 0; i < 3; i++) {
                plain.router.send(to(PRICES, "x").withHeader("symbol", "a"));
            }

            assertThat(offsets(topic.readNewest(0, 3, ALL))).containsExactly(1L, 2L, 3L);
        }
    }

    /** Against what a plain search through all of it finds. */
    @Test
    void whateverIsPublishedAndForgottenTheNewestAreRead() {
        Topic topic = subscribe("prices");
        Effort.seeds(20).forEach(seed -> {
            Random random = new Random(seed);
            List<Publication> kept = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                publish(PRICES, random.nextInt(5) == 0 ? null : "k" + random.nextInt(4));
                fixture.clock.advance(Duration.ofSeconds(random.nextInt(60)));
                kept = topic.read(0, Long.MAX_VALUE, ALL).publications();
                long last = topic.first() + random.nextInt(kept.size() + 1) - 1;
                assertThat(offsets(topic.readNewest(0, last, ALL)))
                        .as(Effort.replay(ConflationTest.class, seed))
                        .isEqualTo(newest(kept, last));
            }
        });
    }

    private static List<Long> newest(List<Publication> kept, long last) {
        List<Long> newest = new ArrayList<>();
        List<@Nullable String> seen = new ArrayList<>();
        for (Publication each : kept.reversed()) {
            Map<String, String> headers = each.message().headers();
            boolean hasNewer = headers.containsKey("symbol") && seen.contains(headers.get("symbol"));
            if (each.offset() <= last && !hasNewer) {
                seen.add(headers.get("symbol"));
                newest.addFirst(each.offset());
            }
        }
        return newest;
    }
}
