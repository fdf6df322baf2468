package dev.signalbox.server.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.router.TopicGrants;
import dev.signalbox.server.Run;
import dev.signalbox.server.TestClient;
import dev.signalbox.server.TestServer;
import dev.signalbox.server.command.ExitCode;
import dev.signalbox.server.command.RestClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The commands about clients, and the REST API behind them, against a real server. */
class ClientCommandTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    static Path folder;

    private static TestServer server;

    @BeforeAll
    static void start() {
        server = new TestServer(folder);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static TestClient connect(String id) throws IOException {
        return new TestClient(URI.create(server.clientsUrl()), token(id), TestClient::ack);
    }

    private static String token(String id) throws IOException {
        return Files.readString(Path.of(server.tokenOf(id))).strip();
    }

    /** By which the server ends a connection that it does not welcome. */
    private static int codeOfRefusal(String id) throws Exception {
        CompletableFuture<Integer> code = new CompletableFuture<>();
        WebSocket socket = HTTP.newWebSocketBuilder()
                .header("Authorization", "Bearer " + token(id))
                .buildAsync(URI.create(server.clientsUrl()), new WebSocket.Listener() {
                    @Override
                    public @Nullable CompletionStage<?> onClose(WebSocket from, int status, String reason) {
                        code.complete(status);
                        return null;
                    }
                })
                .get(30, TimeUnit.SECONDS);
        try {
            return code.get(30, TimeUnit.SECONDS);
        } finally {
            socket.abort();
        }
    }

    private static Run ok(String... arguments) {
        Run run = server.run(arguments);
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run;
    }

    private static JsonNode json(Run run) {
        return RestClient.JSON.readTree(run.out());
    }

    private static int sessions(String id) {
        return json(ok("client", "ls", "--id", id, "--json")).path("items").size();
    }

    private static int code(TestClient client) throws Exception {
        return client.closed().get(30, TimeUnit.SECONDS);
    }

    @Test
    void aClientIsShownWithItsSessionsAndTheirTopics() throws Exception {
        try (TestClient tab = connect("anna");
                TestClient other = connect("anna")) {
            tab.say("{\"type\":\"subscribe\",\"id\":\"s\",\"topic\":\"news\"}");
            await().atMost(SOON)
                    .until(() -> ok("client", "show", "anna", "--json").out().contains("[\"news\"]"));

            assertThat(ok("client", "ls").out()).contains("CLIENT", "anna", "127.0.0.1");
            assertThat(ok("client", "show", "anna").out()).contains("SESSION", "news");
            JsonNode shown = json(ok("client", "show", "anna", "--json"));
            assertThat(shown.path("sessions")).hasSize(2);
            assertThat(shown.has("bannedUntil")).isFalse();
            assertThat(other.closed()).isNotDone();
        }
    }

    @Test
    void sessionsAreSubscribedAndUnsubscribedWhateverTheRulesSay() throws Exception {
        try (TestClient tab = connect("dora");
                TestClient other = connect("dora")) {
            assertThat(ok("client", "subscribe", "dora", "secret/7").out().strip())
                    .isEqualTo("2");
            await().atMost(SOON).until(() -> topics("dora").equals("[\"secret/7\"][\"secret/7\"]"));
            ok("topic", "publish", "secret/7", "for her alone");
            await().atMost(SOON)
                    .until(() -> tab.messages().size() == 1 && other.messages().size() == 1);

            String first = json(ok("client", "show", "dora", "--json"))
                    .path("sessions")
                    .path(0)
                    .path("session")
                    .asString();
            assertThat(json(ok("client", "unsubscribe", "dora", "secret/7", "--session", first, "--json"))
                            .path("sessions")
                            .asInt())
                    .isEqualTo(1);
            await().atMost(SOON).until(() -> topics("dora").equals("[][\"secret/7\"]"));
            ok("client", "subscribe", "dora", "secret/*", "--session", first);
            await().atMost(SOON).until(() -> topics("dora").equals("[\"secret/*\"][\"secret/7\"]"));
        }
        Run absent = server.run("client", "subscribe", "nobody", "news");
        assertThat(absent.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(absent.err()).contains("client nobody is not connected");
        assertThat(server.run("client", "subscribe", "dora", "a b").err()).contains("name of a topic");
        assertThat(server.run("client", "unsubscribe", "dora", "news", "--session", "x")
                        .err())
                .contains("id of a session");
    }

    private static String topics(String id) {
        StringBuilder topics = new StringBuilder();
        json(ok("client", "show", id, "--json")).path("sessions").forEach(each -> topics.append(each.path("topics")));
        return topics.toString();
    }

    @Test
    void aTokenSubscribesEachSessionOfItsClient() throws Exception {
        String granted = server.tokenOf("erik", new TopicGrants(List.of(), List.of(), List.of("rooms/7")));
        try (TestClient tab = new TestClient(URI.create(server.clientsUrl()), granted, TestClient::ack)) {
            await().atMost(SOON).until(() -> topics("erik").equals("[\"rooms/7\"]"));
            ok("topic", "publish", "rooms/7", "hello");
            await().atMost(SOON).until(() -> tab.messages().size() == 1);
        }
    }

    @Test
    void oneSessionOrAllOfThemAreDisconnected() throws Exception {
        try (TestClient tab = connect("ben");
                TestClient other = connect("ben")) {
            String first = json(ok("client", "show", "ben", "--json"))
                    .path("sessions")
                    .path(0)
                    .path("session")
                    .asString();

            assertThat(ok("client", "disconnect", "ben", "--session", first)
                            .out()
                            .strip())
                    .isEqualTo("1");
            assertThat(code(tab)).isEqualTo(4403);
            await().atMost(SOON).until(() -> sessions("ben") == 1);
            assertThat(server.run("client", "disconnect", "ben", "--session", first)
                            .exitCode())
                    .isEqualTo(ExitCode.REFUSED);
            assertThat(json(ok("client", "disconnect", "ben", "--reconnect", "--json"))
                            .path("sessions")
                            .asInt())
                    .isEqualTo(1);
            assertThat(code(other)).as("it should connect again").isEqualTo(1012);
            await().atMost(SOON).until(() -> sessions("ben") == 0);
        }
    }

    @Test
    void aBannedClientIsGoneAndStaysAwayUntilItIsLetIn() throws Exception {
        try (TestClient tab = connect("carla")) {
            assertThat(ok("client", "ban", "carla", "--for", "1h30m").out()).contains("carla is banned until");

            assertThat(code(tab)).isEqualTo(4403);
            await().atMost(SOON).until(() -> sessions("carla") == 0);
        }
        assertThat(ok("client", "show", "carla").out()).contains("banned until", "not connected");
        assertThat(codeOfRefusal("carla")).isEqualTo(4403);
        assertThat(ok("client", "unban", "carla").out()).contains("may connect again");
        connect("carla").close();
        assertThat(server.run("client", "unban", "carla").exitCode()).isEqualTo(ExitCode.REFUSED);
    }

    @Test
    void whatIsWrongIsToldWithItsOwnExitCode() {
        Run absent = server.run("client", "show", "nobody");
        assertThat(absent.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(absent.err()).contains("client nobody is not connected");
        Run bad = server.run("client", "disconnect", "a b");
        assertThat(bad.exitCode()).isEqualTo(ExitCode.REFUSED);
        assertThat(bad.err()).contains("A-Z a-z 0-9");
        assertThat(server.run("client", "disconnect", "a", "--session", "1-1-1-1-1")
                        .err())
                .contains("session must be the id of a session");
        assertThat(server.run("client", "ban", "a", "--for", "10ms").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(server.run("client", "ban", "a").exitCode()).isEqualTo(ExitCode.USAGE);
    }
}
