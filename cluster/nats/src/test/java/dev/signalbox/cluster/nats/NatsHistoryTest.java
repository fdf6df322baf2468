package dev.signalbox.cluster.nats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.router.Position;
import dev.signalbox.router.TopicHistory;
import dev.signalbox.router.TopicHistory.Append;
import dev.signalbox.router.TopicHistory.Appended;
import dev.signalbox.router.TopicHistory.Content;
import dev.signalbox.router.TopicHistory.Entry;
import dev.signalbox.router.TopicHistory.Retention;
import dev.signalbox.router.TopicHistoryException;
import dev.signalbox.testing.contract.TopicHistoryContract;
import dev.signalbox.testing.services.RealNats;
import io.nats.client.Connection;
import io.nats.client.Nats;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
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
                                + " \"$JS.API.STREAM.MSG.GET.ours_history\"], subscribe: [\"ours.*\", \"_INBOX.>\"] } } ] }");
                TopicHistory history =
                        NatsLinks.history(options("nats://node:secret@127.0.0.1:" + nats.port(), "ours"))) {
            get(history.append(append(Duration.ofHours(1), "a")));

            assertThat(get(history.read("news", 0, 100)).orElseThrow().entries())
                    .hasSize(1);
        }
    }
}
