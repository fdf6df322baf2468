package dev.signalbox.server.sessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.backend.memory.MemoryBackend;
import dev.signalbox.server.SignalboxCommand;
import dev.signalbox.server.TestClient;
import dev.signalbox.server.node.Server;
import dev.signalbox.server.rest.AdminToken;
import dev.signalbox.testing.services.FaultProxy;
import dev.signalbox.testing.services.RealPostgres;
import dev.signalbox.testing.services.RealRedis;
import io.lettuce.core.RedisClient;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A whole server: what is appended over REST reaches a client that follows over WebSocket, and the other way round. */
class ServerSessionTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String TOKEN = "the-token-of-alice";

    @TempDir
    Path folder;

    private Server server;
    private Path data;

    @BeforeEach
    void start() {
        restart(folder, List.of());
    }

    private void restart(Path dataFolder, List<String> more) {
        data = dataFolder;
        server = start(dataFolder, more);
    }

    private static Server start(Path folder, List<String> more) {
        List<String> settings = new ArrayList<>(List.of(
                "data.folder=" + folder,
                "control.port=0",
                "clients.port=0",
                "clients.tokens.0.client=alice",
                "clients.tokens.0.token=" + TOKEN));
        settings.addAll(more);
        return Server.start(
                SignalboxCommand.FEATURES, SignalboxCommand.FEATURES.load(Optional.empty(), Map.of(), settings));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aClientFollowsItsSessions() throws Exception {
        try (TestClient alice = connect()) {
            assertThat(ask(alice, "{\"subscribe\":\"alice/room\",\"after\":0}")
                            .path("subscribed")
                            .asBoolean())
                    .isTrue();
            long first = append("alice%2Froom", "{\"move\":\"e4\"}");
            await().until(() -> offsets(alice).equals(List.of(first)));
            JsonNode event = body(alice.messages().getFirst());
            assertThat(event.path("value").path("move").asString()).isEqualTo("e4");
            assertThat(event.path("session").asString()).isEqualTo("alice/room");

            assertThat(ask(alice, "{\"append\":\"alice/room\",\"event\":[1,2]}")
                            .path("offset")
                            .asLong())
                    .isEqualTo(first + 1);
            await().until(() -> offsets(alice).equals(List.of(first, first + 1)));

            assertThat(ask(alice, "{\"unsubscribe\":\"alice/room\"}")
                            .path("unsubscribed")
                            .asBoolean())
                    .isTrue();
            append("alice%2Froom", "3");
            assertThat(ask(alice, "{\"subscribe\":\"alice/room\",\"after\":" + (first + 1) + "}")
                            .has("error"))
                    .isFalse();
            await().until(() -> offsets(alice).equals(List.of(first, first + 1, first + 2)));
        }
    }

    @Test
    void aLongHistoryReachesAClientAtItsOwnPace() throws Exception {
        for (int i = 0; i < 10; i++) {
            String lines = String.join(
                    "\n",
                    IntStream.range(0, 100)
                            .mapToObj(n -> "\"" + "x".repeat(5_000) + "\"")
                            .toList());
            assertThat(post("alice", "application/x-ndjson", lines)
                            .path("appended")
                            .asInt())
                    .isEqualTo(100);
        }
        try (TestClient alice = connect()) {
            ask(alice, "{\"subscribe\":\"alice\",\"after\":0}");
            await().until(() -> alice.messages().size() == 1_000);
            assertThat(offsets(alice)).isSorted().doesNotHaveDuplicates();
        }
    }

    @Test
    void anEventOfAClientHasHeadersAKeyAndAPlace() throws Exception {
        try (TestClient alice = connect()) {
            String first =
                    "{\"append\":\"alice\",\"event\":1,\"headers\":{\"trace\":\"7\"},\"key\":\"k\",\"expected\":0}";
            long offset = ask(alice, first).path("offset").asLong();
            assertThat(ask(alice, first).path("offset").asLong()).as("repeated").isEqualTo(offset);
            assertThat(ask(alice, "{\"append\":\"alice\",\"event\":2,\"expected\":0}")
                            .path("error")
                            .asString())
                    .isEqualTo("conflict");
            ask(alice, "{\"subscribe\":\"alice\",\"after\":0}");
            await().until(() -> offsets(alice).equals(List.of(offset)));
            JsonNode event = body(alice.messages().getFirst());
            assertThat(event.path("headers").path("trace").asString()).isEqualTo("7");
            String id = event.path("id").asString();
            assertThat(ask(alice, "{\"append\":\"alice\",\"event\":3,\"expected\":\"" + id + "\"}")
                            .path("offset")
                            .asLong())
                    .isEqualTo(offset + 1);
            ask(alice, "{\"subscribe\":\"alice\",\"after\":\"" + id + "\"}");
            await().until(() -> offsets(alice).getLast() == offset + 1);
        }
    }

    /** The other end is gone, and nothing says so: no byte comes any more, and none is refused. */
    @Test
    void aListeningConnectionThatIsGoneIsADegradedComponent() throws Exception {
        server.close();
        try (RealRedis redis = RealRedis.start();
                FaultProxy proxy = FaultProxy.before(redis.port())) {
            restart(
                    folder.resolve("behind"),
                    List.of(
                            "session.store=redis",
                            "session.redis.url=" + RealRedis.url(proxy.port()),
                            "session.redis.namespace=shop",
                            "session.liveness=1s"));
            try (TestClient alice = connect()) {
                ask(alice, "{\"subscribe\":\"alice\"}");
                await().until(() -> metric("signalbox_session_tail") == 1);
                assertThat(health()).isEqualTo("UP");
                proxy.stall();
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> ready().path("reasons")
                                .path("sessions")
                                .asString("")
                                .contains("new events are not told by the store"));
                assertThat(health()).isEqualTo("DEGRADED");
                proxy.heal();
                await().atMost(Duration.ofSeconds(60)).until(() -> health().equals("UP"));
                append("alice", "1");
            }
            try (RedisClient client = RedisClient.create(redis.url());
                    var connection = client.connect()) {
                assertThat(connection.sync().keys("*")).isNotEmpty().allMatch(key -> key.startsWith("{shop}:"));
            }
        }
    }

    @Test
    void whatAClientMayNotUseIsRefused() throws Exception {
        try (TestClient alice = connect()) {
            for (String wrong : List.of(
                    "{\"subscribe\":\"bob/room\"}",
                    "{\"append\":\"bob\",\"event\":1}",
                    "{\"append\":\"alicex\",\"event\":1}",
                    "{\"subscribe\":\"alice\",\"after\":\"x\"}",
                    "{\"subscribe\":\"alice\",\"after\":1,\"since\":\"2020-01-01T00:00:00Z\"}",
                    "{\"subscribe\":\"alice\",\"since\":\"yesterday\"}",
                    "{\"do\":\"something\"}")) {
                JsonNode answer = ask(alice, wrong);
                assertThat(answer.path("error").asString())
                        .as(wrong + " " + answer)
                        .isEqualTo("refused");
                assertThat(answer.path("message").asString()).isNotEmpty();
            }
        }
    }

    @Test
    void subscriptionsEndWithTheirConnection() throws Exception {
        try (TestClient alice = connect()) {
            ask(alice, "{\"subscribe\":\"alice\"}");
            await().until(() -> metric("signalbox_session_subscribers") == 1);
        }
        await().until(() -> metric("signalbox_session_subscribers") == 0);
        try (TestClient first = connect()) {
            ask(first, "{\"subscribe\":\"alice\"}");
            try (TestClient second = connect()) {
                ask(second, "{\"subscribe\":\"alice\"}");
                long offset = append("alice", "1");
                await().until(() -> offsets(second).equals(List.of(offset)));
                await().until(() -> offsets(first).equals(List.of(offset)));
                assertThat(metric("signalbox_session_subscribers")).isEqualTo(2);
            }
            await().until(() -> metric("signalbox_session_subscribers") == 1);
        }
        assertThat(metric("signalbox_session_sent_total")).isEqualTo(1);
    }

    @Test
    void nodesShareSessionsInPostgres() throws Exception {
        nodesShareSessions(List.of("database.url=" + RealPostgres.shared().freshDatabase()));
    }

    @Test
    void nodesShareSessionsInRedis() throws Exception {
        try (RealRedis redis = RealRedis.start()) {
            nodesShareSessions(List.of("session.store=redis", "session.redis.url=" + redis.url()));
        }
    }

    /** Not MongoDB itself, but a server in memory that speaks its protocol. */
    @Test
    void nodesShareSessionsInMongo() throws Exception {
        MongoServer mongo = new MongoServer(new MemoryBackend());
        try {
            mongo.enableOplog();
            mongo.bind();
            nodesShareSessions(List.of("session.store=mongodb", "session.mongodb.url=" + mongo.getConnectionString()));
        } finally {
            mongo.shutdownNow();
        }
    }

    /** One is told live of what another appends, and a third, started later, still has it. */
    private void nodesShareSessions(List<String> settings) throws Exception {
        server.close();
        restart(folder.resolve("a"), settings);
        long first = append("alice%2Froom", "\"for the second\"");
        try (Server second = start(folder.resolve("b"), settings);
                TestClient alice = new TestClient(second.address("clients"), TOKEN, TestClient::ack)) {
            ask(alice, "{\"subscribe\":\"alice/room\",\"after\":0}");
            await().until(() -> offsets(alice).equals(List.of(first)));
            append("alice%2Froom", "\"live\"");
            await().until(() -> offsets(alice).equals(List.of(first, first + 1)));
        }
        server.close();
        restart(folder.resolve("c"), settings);
        try (TestClient alice = connect()) {
            ask(alice, "{\"subscribe\":\"alice/room\",\"after\":0}");
            await().until(() -> offsets(alice).equals(List.of(first, first + 1)));
        }
    }

    private TestClient connect() {
        return new TestClient(server.address("clients"), TOKEN, TestClient::ack);
    }

    private static JsonNode ask(TestClient client, String json) throws Exception {
        return JsonMapper.shared()
                .readTree(client.request("logic:session", json).path("text").asString());
    }

    private static JsonNode body(JsonNode message) {
        return JsonMapper.shared().readTree(message.path("text").asString());
    }

    private static List<Long> offsets(TestClient client) {
        return client.messages().stream()
                .map(message -> body(message).path("offset").asLong())
                .toList();
    }

    private long append(String session, String event) throws Exception {
        return post(session, "application/json", event).path("offset").asLong();
    }

    private JsonNode post(String session, String type, String body) throws Exception {
        var request = HttpRequest.newBuilder(server.controlUri().resolve("/api/sessions/" + session + "/events"))
                .header("Authorization", "Bearer " + token())
                .header("Content-Type", type)
                .POST(BodyPublishers.ofString(body));
        return JsonMapper.shared()
                .readTree(HTTP.send(request.build(), BodyHandlers.ofString()).body());
    }

    private String health() throws Exception {
        return ready().path("components").path("sessions").asString();
    }

    private JsonNode ready() throws Exception {
        var request = HttpRequest.newBuilder(server.controlUri().resolve("/health/ready"));
        return JsonMapper.shared()
                .readTree(HTTP.send(request.build(), BodyHandlers.ofString()).body());
    }

    private double metric(String name) throws Exception {
        var request = HttpRequest.newBuilder(server.controlUri().resolve("/metrics"))
                .header("Authorization", "Bearer " + token());
        return HTTP.send(request.build(), BodyHandlers.ofString())
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElse(-1);
    }

    private String token() {
        return AdminToken.find(data).orElseThrow().value();
    }
}
