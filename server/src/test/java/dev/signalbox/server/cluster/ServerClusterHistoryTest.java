package dev.signalbox.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.server.SignalboxCommand;
import dev.signalbox.server.TestClient;
import dev.signalbox.server.node.Server;
import dev.signalbox.server.node.StartupException;
import dev.signalbox.testing.services.RealNats;
import dev.signalbox.testing.services.RealRedis;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Two whole servers whose topic has one history, in the broker of their link. */
@Timeout(180)
class ServerClusterHistoryTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<String> SHARED = List.of(
            "topics.rules.0.name=news",
            "topics.rules.0.publish=*",
            "topics.rules.0.subscribe=*",
            "topics.rules.0.history.scope=cluster");

    @TempDir
    private Path folder;

    private final String prefix = "history-" + Long.toString(System.nanoTime(), 36);

    private Server start(String name, String... more) {
        List<String> sets = new ArrayList<>(SHARED);
        sets.addAll(List.of(
                "data.folder=" + folder.resolve(name),
                "control.port=0",
                "clients.port=0",
                "auth.disabled=true",
                "clients.tokens.0.client=alice",
                "clients.tokens.0.token=the-token-of-alice",
                "clients.tokens.1.client=bob",
                "clients.tokens.1.token=the-token-of-bob"));
        sets.addAll(List.of(more));
        return Server.start(
                SignalboxCommand.FEATURES, SignalboxCommand.FEATURES.load(Optional.empty(), Map.of(), sets));
    }

    private Server node(String name, String link, String url) {
        return start(
                name,
                "cluster.link=" + link,
                "cluster.url=" + url,
                "cluster.prefix=" + prefix,
                "cluster.secret=the secret of this test's two nodes",
                "cluster.node=" + name);
    }

    private static TestClient client(Server server, String user) {
        return new TestClient(server.address("clients"), "the-token-of-" + user, TestClient::ack);
    }

    /** Sends a frame with an id until it is answered as wanted: right after the start, the broker may not be connected yet. */
    private static JsonNode ok(TestClient client, String id, String frame) {
        return await().atMost(PATIENCE)
                .until(
                        () -> {
                            CompletableFuture<JsonNode> answer = client.answer(id);
                            client.say(frame);
                            return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                        },
                        answer -> answer.path("type").asString("").equals("ok"));
    }

    private static JsonNode publish(TestClient client, String text) {
        return ok(
                client,
                "p-" + text,
                "{\"type\":\"publish\",\"id\":\"p-" + text + "\",\"topic\":\"news\",\"text\":\"" + text + "\"}");
    }

    private static List<String> texts(TestClient client) {
        return client.messages().stream()
                .map(each -> each.path("text").asString(""))
                .toList();
    }

    private static String[] names(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "m" + i).toArray(String[]::new);
    }

    @Test
    void aClientGoesOnAtTheOtherNodeWithoutAGap() {
        aClientGoesOnAtTheOtherNode("redis", RealRedis.shared().url());
    }

    @Test
    void aClientGoesOnAtTheOtherNodeWithoutAGapOverNats() {
        try (RealNats nats = RealNats.startJetStream()) {
            aClientGoesOnAtTheOtherNode("nats", nats.url());
        }
    }

    private void aClientGoesOnAtTheOtherNode(String link, String url) {
        try (Server one = node("one", link, url);
                Server two = node("two", link, url);
                TestClient alice = client(one, "alice")) {
            JsonNode seen;
            try (TestClient bob = client(one, "bob")) {
                ok(bob, "s", "{\"type\":\"subscribe\",\"id\":\"s\",\"topic\":\"news\"}");
                IntStream.range(0, 5).forEach(i -> publish(alice, "m" + i));
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(texts(bob)).containsExactly(names(0, 5)));
                seen = publish(alice, "m5");
            }
            try (TestClient carol = client(two, "alice")) {
                publish(carol, "m6");
            }
            publish(alice, "m7");

            try (TestClient bob = client(two, "bob")) {
                JsonNode subscribed = ok(
                        bob,
                        "s",
                        "{\"type\":\"subscribe\",\"id\":\"s\",\"topic\":\"news\",\"epoch\":\""
                                + seen.path("epoch").asString() + "\",\"offset\":"
                                + (seen.path("offset").asLong() - 1) + "}");
                publish(alice, "m8");

                assertThat(subscribed.path("recovered").asBoolean(false))
                        .as("%s after %s", subscribed, seen)
                        .isTrue();
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(texts(bob)).containsExactly(names(5, 9)));
                assertThat(bob.messages())
                        .extracting(each -> each.path("offset").asLong())
                        .containsExactly(IntStream.range(0, 4)
                                .mapToObj(i -> seen.path("offset").asLong() + i)
                                .toArray(Long[]::new));
            }
        }
    }

    @Test
    void withoutAClusterThereIsNoHistoryOfOne() {
        assertThatThrownBy(() -> start("alone"))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("news")
                .hasMessageContaining("history.scope=cluster")
                .hasMessageContaining("cluster.link");
    }
}
