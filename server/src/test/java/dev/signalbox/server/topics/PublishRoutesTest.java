package dev.signalbox.server.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.server.SignalboxCommand;
import dev.signalbox.server.TestClient;
import dev.signalbox.server.node.Server;
import dev.signalbox.server.rest.AdminToken;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Publishing over REST: several messages at once, and volatile ones. */
class PublishRoutesTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    private static Path folder;

    private static Server server;
    private static String token;

    @BeforeAll
    static void start() {
        List<String> sets = List.of(
                "data.folder=" + folder,
                "control.port=0",
                "control.max-body=1MiB",
                "clients.port=0",
                "clients.tokens.0.client=alice",
                "clients.tokens.0.token=the-token-of-alice",
                "topics.rules.0.name=*",
                "topics.rules.0.subscribe=alice",
                "topics.rules.0.conflate=symbol");
        server = Server.start(
                SignalboxCommand.FEATURES, SignalboxCommand.FEATURES.load(Optional.empty(), Map.of(), sets));
        token = AdminToken.find(folder).orElseThrow().value();
    }

    @AfterAll
    static void stop() {
        server.close();
        HTTP.close();
    }

    private static HttpResponse<String> post(String path, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.controlUri().resolve(path))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        return HTTP.send(request, BodyHandlers.ofString());
    }

    private static List<JsonNode> results(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        JsonNode results = JsonMapper.shared().readTree(response.body()).path("results");
        return StreamSupport.stream(results.spliterator(), false).toList();
    }

    @Test
    void eachOfSeveralMessagesHasAnOutcomeOfItsOwn() throws Exception {
        String body = """
            {"messages": [
              {"topic": "several", "text": "one", "key": "k"},
              {"topic": "several~presence", "text": "nobody publishes here"},
              {"topic": "several", "json": {"n": 2}, "headers": {"priority": "low"}},
              {"topic": "several", "text": "one again", "key": "k"},
              {"topic": "several", "text": "typing", "volatile": true},
              {"topic": "others/1", "base64": "AA=="}]}
            """;
        List<JsonNode> results = results(post("/api/topics", body));

        assertThat(results)
                .extracting(each -> each.path("topic").asString())
                .containsExactly("several", "several~presence", "several", "several", "several", "others/1");
        assertThat(results).extracting(each -> each.path("offset").asLong(0)).containsExactly(1L, 0L, 2L, 1L, 0L, 1L);
        assertThat(results.get(1).path("error").path("status").asInt()).isEqualTo(400);
        assertThat(results.get(3).path("repeated").asBoolean()).isTrue();
        assertThat(results.get(4).path("volatile").asBoolean()).isTrue();
        assertThat(results(post("/api/topics", body)))
                .as("the same again")
                .extracting(each -> each.path("repeated").asBoolean(false))
                .containsExactly(true, false, false, true, false, false);
    }

    @Test
    void aKeyIsTheSameHereAndInTheHeaderOfASingleMessage() throws Exception {
        results(post("/api/topics", "{\"messages\": [{\"topic\": \"same\", \"text\": \"x\", \"key\": \"k\"}]}"));
        HttpRequest single = HttpRequest.newBuilder(server.controlUri().resolve("/api/topics/same/messages"))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", "k")
                .POST(BodyPublishers.ofString("{\"text\": \"x\"}"))
                .build();

        assertThat(HTTP.send(single, BodyHandlers.ofString()).body()).contains("\"repeated\":true");
    }

    @Test
    void oneThatIsTooLargeDoesNotStopTheOthers() throws Exception {
        String large = "{\"topic\": \"sizes\", \"text\": \"" + "x".repeat(300_000) + "\"}";
        String small = "{\"topic\": \"sizes\", \"text\": \"x\"}";
        List<JsonNode> results = results(post("/api/topics", "{\"messages\": [" + large + "," + small + "]}"));

        assertThat(results.getFirst().path("error").path("status").asInt()).isEqualTo(413);
        assertThat(results.getLast().path("offset").asLong()).isEqualTo(1);
    }

    @Test
    void ofAWrongRequestNothingIsPublishedAndAllFaultsAreNamed() throws Exception {
        HttpResponse<String> wrong = post("/api/topics", """
            {"messages": [
              {"topic": "wrong", "text": "fine"},
              {"topic": "a b", "text": "x"},
              {"text": "x"},
              {"topic": "wrong", "text": "x", "json": 1},
              {"topic": "wrong", "text": "x", "key": "k k"},
              {"topic": "wrong", "text": "x", "key": "k", "volatile": true},
              {"topic": "wrong", "text": "x", "header": {}},
              7]}
            """);

        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.body())
                .contains("messages.1.topic", "messages.2.topic", "messages.3.text", "messages.4.key")
                .contains("messages.5.key", "messages.6.header", "messages.7");
        for (String body : List.of("{}", "[]", "{\"messages\": []}", "{\"messages\": {}}")) {
            assertThat(post("/api/topics", body).statusCode()).as(body).isEqualTo(400);
        }
        HttpRequest read = HttpRequest.newBuilder(server.controlUri().resolve("/api/topics/wrong"))
                .header("Authorization", "Bearer " + token)
                .build();
        assertThat(HTTP.send(read, BodyHandlers.ofString()).statusCode()).isEqualTo(404);
    }

    @Test
    void whatIsVolatileComesWithoutAPlaceAndWhoComesBackGetsTheNewestOfEachKey() throws Exception {
        try (TestClient alice = new TestClient(server.address("clients"), "the-token-of-alice", TestClient::ack)) {
            CompletableFuture<JsonNode> subscribed = alice.answer("s");
            alice.say("{\"type\":\"subscribe\",\"id\":\"s\",\"topic\":\"prices\"}");
            assertThat(subscribed.get(30, TimeUnit.SECONDS).path("type").asString())
                    .isEqualTo("ok");
            HttpResponse<String> passed =
                    post("/api/topics/prices/messages", "{\"text\": \"soon\", \"volatile\": true}");
            assertThat(passed.statusCode()).isEqualTo(201);
            assertThat(passed.body()).isEqualTo("{\"topic\":\"prices\",\"volatile\":true}");
            results(post("/api/topics", """
                {"messages": [
                  {"topic": "prices", "text": "1", "headers": {"symbol": "a"}},
                  {"topic": "prices", "text": "2", "headers": {"symbol": "a"}},
                  {"topic": "prices", "text": "3", "headers": {"symbol": "b"}}]}
                """));
            await().until(() -> alice.messages().size() == 4);
            assertThat(alice.messages().getFirst().has("offset")).isFalse();

            alice.say("{\"type\":\"subscribe\",\"id\":\"t\",\"topic\":\"prices\",\"offset\":0}");
            await().until(() -> alice.messages().size() == 6);
            assertThat(alice.messages())
                    .extracting(each -> each.path("text").asString())
                    .containsExactly("soon", "1", "2", "3", "2", "3");
        }
    }
}
