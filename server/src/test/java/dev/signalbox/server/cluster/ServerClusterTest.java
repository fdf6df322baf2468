package dev.signalbox.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.server.Run;
import dev.signalbox.server.SignalboxCommand;
import dev.signalbox.server.TestClient;
import dev.signalbox.server.command.RestClient;
import dev.signalbox.server.configuration.ConfigException;
import dev.signalbox.server.node.Server;
import dev.signalbox.testing.services.FaultProxy;
import dev.signalbox.testing.services.RealPostgres;
import dev.signalbox.testing.services.RealRedis;
import dev.signalbox.testing.simulator.SmsSimulator;
import dev.signalbox.testing.simulator.SmsSimulatorOptions;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Two whole servers on one database and one Redis, the second one's link over a proxy that can cut it. */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServerClusterTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String TOKEN = "the-token-of-alice";
    private static final int MESSAGES = 20;
    private static final String[] COMMAND = {
        "exec.clients=*",
        "exec.commands.0.name=rest",
        "exec.commands.0.command=sleep 0.5",
        "exec.commands.1.name=work",
        "exec.commands.1.command=sleep 600"
    };

    @TempDir
    static Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private final String database = RealPostgres.shared().freshDatabase();
    private final String prefix = "test-" + Long.toString(System.nanoTime(), 36);
    private final FaultProxy proxy = FaultProxy.before(RealRedis.shared().port());
    private final SmsSimulator provider = SmsSimulator.start(SmsSimulatorOptions.defaults());
    private final List<Server> servers = new ArrayList<>();

    @BeforeAll
    void startServers() {
        servers.add(start("one", RealRedis.shared().url()));
        servers.add(start("two", RealRedis.url(proxy.port()), COMMAND));
        awaitNodes(2);
    }

    @AfterAll
    void closeServers() {
        servers.forEach(Server::close);
        provider.close();
        proxy.close();
        http.close();
    }

    private Server start(String name, String redis, String... more) {
        List<String> sets = new ArrayList<>(List.of(
                "data.folder=" + folder.resolve(name),
                "control.port=0",
                "clients.port=0",
                "auth.disabled=true",
                "clients.tokens.0.client=alice",
                "clients.tokens.0.token=" + TOKEN,
                "database.url=" + database,
                "delivery.sms.url=" + provider.sendUrl(),
                "delivery.sms.token=mock-token",
                "cluster.link=redis",
                "cluster.url=" + redis,
                "cluster.prefix=" + prefix,
                "cluster.secret=the secret of this test's two nodes",
                "cluster.node=" + name,
                "topics.rules.0.name=rooms/*",
                "topics.rules.0.subscribe=*",
                "topics.rules.0.presence=true"));
        sets.addAll(List.of(more));
        return start(sets);
    }

    private static Server start(List<String> sets) {
        return Server.start(
                SignalboxCommand.FEATURES, SignalboxCommand.FEATURES.load(Optional.empty(), Map.of(), sets));
    }

    private void awaitNodes(int count) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(servers)
                        .allSatisfy(each -> assertThat(get(each, "/api/cluster").path("nodes"))
                                .hasSize(count)));
    }

    private JsonNode get(Server server, String path) throws Exception {
        return ask(HttpRequest.newBuilder(server.controlUri().resolve(path)).GET());
    }

    private JsonNode ask(HttpRequest.Builder request) throws Exception {
        return RestClient.JSON.readTree(http.send(request.timeout(PATIENCE).build(), BodyHandlers.ofString())
                .body());
    }

    private Run run(Server server, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of(
                "--url",
                server.controlUri().toString(),
                "--data",
                folder.resolve("one").toString()));
        return Run.of(all.toArray(String[]::new));
    }

    private String send(Server server) throws Exception {
        String body = """
                {"reach": [{"to": "client:alice", "within": "30s"}, {"to": "sms:+61 491 570 006"}],
                 "body": "Your table is ready"}""";
        return ask(HttpRequest.newBuilder(server.controlUri().resolve("/api/messages"))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body)))
                .path("id")
                .asString();
    }

    private void awaitSent(String id) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(get(servers.getFirst(), "/api/messages/" + id)
                                .path("state")
                                .asString())
                        .isEqualTo("SENT"));
    }

    @Test
    void aClientIsLiveForBothNodesAndGetsNoTextMessages() throws Exception {
        try (TestClient alice = new TestClient(servers.getLast().address("clients"), TOKEN, TestClient::ack)) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(get(servers.getFirst(), "/api/clients")
                                    .path("items")
                                    .path(0)
                                    .path("node")
                                    .asString(""))
                            .isEqualTo("two"));
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < MESSAGES; i++) {
                ids.add(send(servers.get(i % 2)));
            }

            ids.forEach(this::awaitSent);
            assertThat(provider.stats().requests()).isZero();
            assertThat(alice.messages())
                    .extracting(message -> message.path("id").asString())
                    .containsExactlyInAnyOrderElementsOf(ids);
        }
    }

    /** It takes long enough to be cancelled by a node that takes a session of another one for gone. */
    @Test
    void aClientRunsACommandOfTheOtherNode() throws Exception {
        try (TestClient alice = new TestClient(servers.getFirst().address("clients"), TOKEN, TestClient::ack)) {
            await().atMost(PATIENCE).untilAsserted(() -> {
                JsonNode reply = alice.request("logic:exec", "{\"run\":\"rest\",\"id\":\"1\"}");
                assertThat(reply.path("text").asString("")).contains("\"exit\":0");
            });
        }
    }

    private String metrics(Server server) throws Exception {
        return http.send(
                        HttpRequest.newBuilder(server.controlUri().resolve("/metrics"))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    @Test
    void aCommandOfTheOtherNodeEndsWhenItsClientLeaves() throws Exception {
        Server two = servers.getLast();
        String running = "signalbox_exec_running{command=\"work\"} ";
        try (TestClient alice = new TestClient(servers.getFirst().address("clients"), TOKEN, TestClient::ack)) {
            await().atMost(PATIENCE).untilAsserted(() -> {
                alice.send("logic:exec", "{\"run\":\"work\",\"id\":\"1\"}");
                assertThat(metrics(two)).doesNotContain(running + "0.0").contains(running);
            });
        }

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(metrics(two)).contains(running + "0.0"));
    }

    private static JsonNode topicOf(TestClient client, String topic) {
        return client.messages().stream()
                .filter(each -> each.path("topic").asString("").equals(topic))
                .findFirst()
                .orElseThrow(() -> new AssertionError("nothing came in topic " + topic));
    }

    @Test
    void aClientHearsOfItsInboxThoughAnotherNodeChangesIt() throws Exception {
        Server one = servers.getFirst();
        try (TestClient alice = new TestClient(servers.getLast().address("clients"), TOKEN, TestClient::ack)) {
            alice.say("{\"type\":\"subscribe\",\"id\":\"s\",\"topic\":\"inbox/alice\"}");
            alice.answer("s").get(60, TimeUnit.SECONDS);
            ask(HttpRequest.newBuilder(one.controlUri().resolve("/api/messages"))
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(
                            "{\"reach\": [{\"to\": \"inbox:alice\"}], \"body\": \"Your order is packed\"}")));
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () -> assertThat(get(one, "/api/inboxes/alice").path("items"))
                                    .hasSize(1));
            String item = get(one, "/api/inboxes/alice")
                    .path("items")
                    .path(0)
                    .path("id")
                    .asString();

            // Whichever node delivered it, it is this one that marks it as read.
            assertThat(run(one, "inbox", "read", "alice", item).exitCode()).isZero();
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(alice.messages())
                            .filteredOn(each -> each.path("topic").asString("").equals("inbox/alice"))
                            .extracting(each -> each.path("text").asString())
                            .anySatisfy(text -> assertThat(text).contains("marked", item)));
        }
    }

    @Test
    void whoIsInATopicAndWhatItsClientsSubscribeToIsManagedFromAnyNode() throws Exception {
        Server one = servers.getFirst();
        try (TestClient alice = new TestClient(servers.getLast().address("clients"), TOKEN, TestClient::ack)) {
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(
                                    get(one, "/api/clients/alice").path("sessions"))
                            .singleElement()
                            .satisfies(each ->
                                    assertThat(each.path("node").asString("")).isEqualTo("two")));
            assertThat(get(one, "/api/clients/alice").path("sessions").path(0).has("topics"))
                    .as("what it subscribes to is known on its own node")
                    .isFalse();
            Run subscribed = run(one, "client", "subscribe", "alice", "rooms/7");
            assertThat(subscribed.out().strip()).as(subscribed.err()).isEqualTo("1");

            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(get(one, "/api/topics/rooms/7/presence")
                                    .path("users")
                                    .path(0)
                                    .asString(""))
                            .isEqualTo("alice"));
            Run shown = run(one, "topic", "show", "rooms/7", "--presence");
            assertThat(shown.out().strip()).as(shown.err()).isEqualTo("alice");
            run(one, "topic", "publish", "rooms/7", "hello");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(
                                    topicOf(alice, "rooms/7").path("text").asString())
                            .isEqualTo("hello"));
            assertThat(run(one, "client", "disconnect", "alice").out().strip()).isEqualTo("1");
            assertThat(alice.closed().get(60, TimeUnit.SECONDS)).isEqualTo(4403);
        }
    }

    @Test
    void theNodesAreShown() throws Exception {
        Run status = run(servers.getFirst(), "cluster", "status");
        assertThat(status.exitCode()).as(status.err()).isZero();
        assertThat(status.out()).contains("link     redis", "problem  none", "one", "two", "this node");
        assertThat(run(servers.getFirst(), "cluster", "status", "--json").json().path("nodes"))
                .hasSize(2);
        String metrics = metrics(servers.getFirst());
        assertThat(metrics)
                .contains("signalbox_cluster_nodes{link=\"redis\"} 2.0", "signalbox_cluster_up{link=\"redis\"} 1.0");
        assertThat(Stream.of(
                        "waiting_bytes",
                        "published_total",
                        "frames_total",
                        "failed_total",
                        "received_total",
                        "repeated_total",
                        "losses_total",
                        "rejected_total"))
                .allSatisfy(name -> assertThat(metrics).contains("signalbox_cluster_" + name + "{link=\"redis\"}"));
    }

    @Test
    void aNodeWhoseLinkIsCutIsDegradedAndComesBack() throws Exception {
        Server two = servers.getLast();
        proxy.cut();
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(get(two, "/health/ready").toString()).contains("cannot be reached"));
        HttpResponse<String> ready = http.send(
                HttpRequest.newBuilder(two.controlUri().resolve("/health/ready"))
                        .build(),
                BodyHandlers.ofString());
        assertThat(ready.statusCode()).as("it stays ready").isEqualTo(200);
        assertThat(RestClient.JSON
                        .readTree(ready.body())
                        .at("/components/cluster")
                        .toString())
                .contains("DEGRADED");
        Run status = run(two, "cluster", "status");
        assertThat(status.exitCode()).isEqualTo(1);
        assertThat(status.out()).contains("clients of other nodes cannot be reached");

        proxy.heal();

        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(get(two, "/api/cluster").has("problem")).isFalse());
        awaitNodes(2);
    }

    @Test
    void whatIsWrongWithTheSettingsIsNamed() {
        assertThatThrownBy(() -> start(List.of("data.folder=" + folder.resolve("x"), "cluster.link=redis")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("cluster.url")
                .hasMessageContaining("cluster.secret");
        assertThatThrownBy(() -> start(List.of(
                        "data.folder=" + folder.resolve("x"),
                        "cluster.link=nats",
                        "cluster.url=redis://localhost",
                        "cluster.secret=" + "x".repeat(32),
                        "cluster.heartbeat=4s")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("a URL of Redis begins with")
                .hasMessageContaining("three times cluster.heartbeat");
    }
}
