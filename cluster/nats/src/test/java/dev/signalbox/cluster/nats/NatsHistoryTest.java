package dev.signalbox.cluster.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.router.Position;
import dev.signalbox.router.TopicHistory;
import dev.signalbox.router.TopicHistory.Append;
import dev.signalbox.router.TopicHistory.Appended;
import dev.signalbox.router.TopicHistory.Content;
import dev.signalbox.router.TopicHistory.Entry;
import dev.signalbox.router.TopicHistory.Page;
import dev.signalbox.router.TopicHistory.Retention;
import dev.signalbox.router.TopicHistoryException;
import dev.signalbox.testing.contract.TopicHistoryContract;
import dev.signalbox.testing.services.FaultProxy;
import dev.signalbox.testing.services.RealNats;
import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.ConsumerInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Histories in JetStream, on one server. */
class NatsHistoryTest extends TopicHistoryContract {
    private static RealNats nats;

    @BeforeAll
    static void startNats() {
        nats = RealNats.startJetStream();
    }

    @AfterAll
    static void closeNats() {
        nats.close();
    }

    private static NatsLinkOptions options(String url, String prefix) {
        return NatsLinkOptions.of(url).withPrefix(prefix).withSilence(Duration.ofSeconds(20));
    }

    @Override
    protected TopicHistory history(String cluster) {
        return NatsLinks.history(options(nats.url(), cluster));
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }

    private static Append append(Duration age, String id) {
        return new Append(
                "news",
                List.of(new Entry(id, Content.of(new byte[] {1, 2, 3}))),
                new Retention(10, 1_000, age),
                Optional.empty(),
                new Position(UUID.randomUUID(), 1_000));
    }

    @Test
    void whatSomebodyElsePublishesThereBeginsANewEpoch() throws Exception {
        try (TopicHistory history = history("foreign");
                Connection stranger = Nats.connect(nats.url())) {
            Appended before = get(history.append(append(Duration.ofHours(1), "a")));

            stranger.jetStream().publish("foreign.history.news", "rubbish".getBytes(StandardCharsets.US_ASCII));
            assertThat(get(history.read("news", 0, 100))).isEmpty();
            Appended after = get(history.append(append(Duration.ofHours(1), "b")));

            assertThat(after.epoch()).isNotEqualTo(before.epoch());
            assertThat(get(history.read("news", 0, 100)).orElseThrow().entries())
                    .extracting(each -> each.entry().id())
                    .containsExactly("b");
        }
    }

    /** The stream keeps what the topic with the longest age needs, and a day more. */
    @Test
    void theStreamKeepsMessagesForLongEnough() throws Exception {
        try (TopicHistory history = history("ages");
                Connection connection = Nats.connect(nats.url())) {
            get(history.append(append(Duration.ofHours(1), "a")));
            get(history.append(append(Duration.ofHours(3), "b")));
            get(history.append(append(Duration.ofHours(2), "c")));

            assertThat(connection
                            .jetStreamManagement()
                            .getStreamInfo("ages_history")
                            .getConfiguration()
                            .getMaxAge())
                    .isEqualTo(Duration.ofHours(27));
        }
    }

    @Test
    void aServerWithoutJetStreamIsToldSo() {
        try (RealNats plain = RealNats.start();
                TopicHistory history =
                        NatsLinks.history(options(plain.url(), "plain").withSilence(Duration.ofSeconds(2)))) {
            assertThatThrownBy(() -> get(history.append(append(Duration.ofHours(1), "a"))))
                    .hasCauseInstanceOf(TopicHistoryException.class)
                    .hasMessageContaining("JetStream");
        }
    }

    @Test
    void aUserNeedsOnlyWhatTheDocumentationSays() {
        try (RealNats nats = RealNats.startJetStream(
                        "authorization { users: [ { user: node, password: secret, permissions: {"
                                + " publish: [\"ours.*\", \"ours.history.*\", \"$JS.API.STREAM.*.ours_history\","
                                + " \"$JS.API.STREAM.MSG.GET.ours_history\", \"$JS.API.CONSUMER.CREATE.ours_history.>\","
                                + " \"$JS.API.CONSUMER.MSG.NEXT.ours_history.*\", \"$JS.API.CONSUMER.DELETE.ours_history.*\"],"
                                + " subscribe: [\"ours.*\", \"_INBOX.>\"] } } ] }");
                TopicHistory history =
                        NatsLinks.history(options("nats://node:secret@127.0.0.1:" + nats.port(), "ours"))) {
            appendEach(history, "a", 10);

            assertThat(ids(history, 0)).hasSize(10);
        }
    }

    /** One after another, so that each is a message of its own in the stream. */
    private static void appendEach(TopicHistory history, String prefix, int count) {
        for (int i = 0; i < count; i++) {
            get(history.append(append(Duration.ofHours(1), prefix + i)));
        }
    }

    private static String[] names(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).toArray(String[]::new);
    }

    /** The ids of all that is kept above an offset, page by page. */
    private static List<String> ids(TopicHistory history, long after) {
        List<String> ids = new ArrayList<>();
        Page page = get(history.read("news", after, 1 << 20)).orElseThrow();
        while (!page.entries().isEmpty()) {
            page.entries().forEach(each -> ids.add(each.entry().id()));
            page = get(history.read("news", page.entries().getLast().offset(), 1 << 20))
                    .orElseThrow();
        }
        return ids;
    }

    /** However much a node has missed: one question brings many messages. */
    @Test
    void aNodeThatMissedMuchReadsItInFewRoundTrips() {
        try (TopicHistory writer = history("much");
                FaultProxy proxy = FaultProxy.before(nats.port());
                TopicHistory reader = NatsLinks.history(options(RealNats.url(proxy.port()), "much"))) {
            assertThat(get(reader.read("news", 0, 100))).isEmpty();
            appendEach(writer, "a", 600);
            long before = proxy.requests();

            assertThat(ids(reader, 0)).containsExactly(names("a", 600));
            assertThat(proxy.requests() - before).isLessThan(100);

            long seen = get(reader.read("news", 0, 1)).orElseThrow().last();
            appendEach(writer, "b", 300);
            before = proxy.requests();

            assertThat(ids(reader, seen)).containsExactly(names("b", 300));
            assertThat(proxy.requests() - before).isLessThan(100);
        }
    }

    /** More than one question brings. */
    @Test
    void manyLargeMessagesAreReadWhole() {
        Content large = Content.of(new byte[900 << 10]);
        try (TopicHistory writer = history("large");
                TopicHistory reader = history("large")) {
            for (int i = 0; i < 12; i++) {
                get(writer.append(new Append(
                        "news",
                        List.of(new Entry("a" + i, large)),
                        new Retention(100, 64 << 20, Duration.ofHours(1)),
                        Optional.empty(),
                        new Position(UUID.randomUUID(), 1_000))));
            }

            assertThat(ids(reader, 0)).containsExactly(names("a", 12));
            assertThat(get(reader.read("news", 0, 8 << 20)).orElseThrow().entries())
                    .hasSize(10);
        }
    }

    /** The newest message has the place that the node knows, and is another one. */
    @Test
    void aStreamThatWasMadeAnewAndHasAsManyMessagesIsReadAnew() throws Exception {
        try (TopicHistory node = history("anew");
                TopicHistory other = history("anew");
                Connection stranger = Nats.connect(nats.url())) {
            get(node.append(append(Duration.ofHours(1), "a")));
            stranger.jetStreamManagement().deleteStream("anew_history");
            Appended after = get(other.append(append(Duration.ofHours(1), "b")));

            Page page = get(node.read("news", 0, 100)).orElseThrow();

            assertThat(page.epoch()).isEqualTo(after.epoch());
            assertThat(page.entries()).extracting(each -> each.entry().id()).containsExactly("b");
        }
    }

    private static NatsBatch newest(Connection connection, String prefix) throws Exception {
        byte[] data = connection
                .jetStreamManagement()
                .getLastMessage(prefix + "_history", prefix + ".history.news")
                .getData();
        return NatsBatch.decode(Objects.requireNonNull(data)).orElseThrow();
    }

    /** As after a stream that went back in time and grew again: what was before it is not known to belong to it. */
    @Test
    void aBatchThatNamesAnotherBeforeItBeginsAnew() throws Exception {
        try (TopicHistory node = history("another");
                TopicHistory newcomer = history("another");
                Connection stranger = Nats.connect(nats.url())) {
            get(node.append(append(Duration.ofHours(1), "a")));
            NatsBatch before = newest(stranger, "another");
            stranger.jetStream()
                    .publish(
                            "another.history.news",
                            batch(before, UUID.randomUUID(), before.last() + 1).encode());

            assertThat(ids(newcomer, 0)).containsExactly("x");
            assertThat(ids(node, 0)).containsExactly("x");
        }
    }

    @Test
    void aBatchBehindAHoleInTheOffsetsBeginsAnew() throws Exception {
        try (TopicHistory node = history("hole");
                TopicHistory newcomer = history("hole");
                Connection stranger = Nats.connect(nats.url())) {
            get(node.append(append(Duration.ofHours(1), "a")));
            NatsBatch before = newest(stranger, "hole");
            stranger.jetStream()
                    .publish(
                            "hole.history.news",
                            batch(before, before.stamp(), before.last() + 2).encode());

            assertThat(ids(newcomer, 0)).containsExactly("x");
            assertThat(ids(node, 0)).containsExactly("x");
        }
    }

    private static NatsBatch batch(NatsBatch before, UUID previous, long first) {
        Entry entry = new Entry("x", Content.of(new byte[1]));
        return new NatsBatch(UUID.randomUUID(), previous, before.epoch(), first, List.of(entry));
    }

    /** Of as many messages as are dropped at a time, the server has to drop the right ones. */
    @Test
    void whatATopicKeepsIsNotDroppedWithTheSurplus() {
        Retention retention = new Retention(1_024, 64 << 20, Duration.ofHours(1));
        Content content = Content.of(new byte[1]);
        try (TopicHistory writer = history("surplus");
                TopicHistory reader = history("surplus")) {
            List<String> appended = new ArrayList<>();
            for (int batch = 0; batch < 6; batch++) {
                List<Entry> entries = new ArrayList<>();
                for (int i = 0; i < TopicHistory.MAX_ENTRIES; i++) {
                    entries.add(new Entry("a" + appended.size(), content));
                    appended.add("a" + appended.size());
                }
                get(writer.append(new Append(
                        "news", entries, retention, Optional.empty(), new Position(UUID.randomUUID(), 1_000))));
            }

            assertThat(ids(reader, 0)).isEqualTo(appended.subList(appended.size() - 1_024, appended.size()));
            assertThat(ids(writer, 0)).isEqualTo(ids(reader, 0));
        }
    }

    /** Two that share a consumer at the server take each other's messages. */
    @Test
    void aMessageThatIsLostOnItsWayIsNoticed() throws Exception {
        Duration silence = Duration.ofSeconds(20);
        try (TopicHistory history = history("lost");
                Connection connection = Nats.connect(nats.url())) {
            appendEach(history, "a", 3);
            ConsumerInfo made = connection
                    .jetStreamManagement()
                    .addOrUpdateConsumer(
                            "lost_history",
                            ConsumerConfiguration.builder()
                                    .filterSubject("lost.history.news")
                                    .ackPolicy(AckPolicy.None)
                                    .memStorage(true)
                                    .inactiveThreshold(Duration.ofMinutes(1))
                                    .build());
            String name = "lost_history." + made.getName();
            try (NatsConsumer consumer = new NatsConsumer(connection, silence, name, 3);
                    NatsConsumer other = new NatsConsumer(connection, silence, name, 2)) {
                assertThat(consumer.next(1)).isPresent();
                assertThatThrownBy(() -> other.next(1)).isInstanceOf(IOException.class);

                assertThatThrownBy(() -> consumer.next(1))
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("lost on its way");
            }
        }
    }

    @Test
    void theServerKeepsNoConsumerOfAReadingThatIsOver() throws Exception {
        try (TopicHistory history = history("consumers");
                Connection connection = Nats.connect(nats.url())) {
            appendEach(history, "a", 10);
            assertThat(ids(history, 0)).hasSize(10);

            // Well below the minute after which the server forgets what nobody uses.
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(
                            () -> assertThat(connection.jetStreamManagement().getConsumerNames("consumers_history"))
                                    .isEmpty());
        }
    }

    @Test
    void whatSomebodyElsePublishedAmongManyBeginsANewEpoch() throws Exception {
        try (TopicHistory writer = history("among");
                TopicHistory reader = history("among");
                TopicHistory newcomer = history("among");
                Connection stranger = Nats.connect(nats.url())) {
            appendEach(writer, "a", 10);
            assertThat(ids(reader, 0)).hasSize(10);
            appendEach(writer, "b", 10);
            stranger.jetStream().publish("among.history.news", "rubbish".getBytes(StandardCharsets.US_ASCII));
            appendEach(writer, "c", 10);

            assertThat(ids(reader, 0)).containsExactly(names("c", 10));
            assertThat(ids(newcomer, 0)).containsExactly(names("c", 10));
        }
    }
}
