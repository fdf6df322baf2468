package dev.signalbox.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.router.Logic;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.server.Run;
import dev.signalbox.server.SignalboxCommand;
import dev.signalbox.server.TestServer;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.node.Feature;
import dev.signalbox.server.node.Features;
import dev.signalbox.server.rest.AdminToken;
import dev.signalbox.testing.simulator.WebhookSimulator;
import dev.signalbox.testing.simulator.WebhookSimulatorOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A whole server that sends a batch and tells of its end: to a simulated receiver, to a topic, and to a logic. */
class ServerBatchTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    Path folder;

    @Test
    void whenAllHaveEndedTheCallbackIsPostedOnce() throws Exception {
        String id = UUID.randomUUID().toString();
        try (var receiver = WebhookSimulator.start(WebhookSimulatorOptions.defaults());
                var server = new TestServer(
                        folder, "delivery.webhook.allow-ranges=127.0.0.0/8", "delivery.webhook.plain-http=true")) {
            assertThat(server.run(
                                    "webhook",
                                    "endpoints",
                                    "create",
                                    receiver.url("/batches").toString(),
                                    "--id",
                                    "owner")
                            .exitCode())
                    .isZero();
            post(server, batch(id, "webhook:owner"));
            Awaitility.await().until(() -> receiver.stats().accepted() == 1);

            JsonNode told =
                    JsonMapper.shared().readTree(receiver.messages(1).getFirst().body());
            assertThat(told.path("batch").asString()).isEqualTo(id);
            assertThat(told.path("ended").toString()).isEqualTo("{\"SENT\":2}");
            Run shown = server.run("batch", "show", id);
            assertThat(shown.exitCode()).isZero();
            assertThat(shown.out())
                    .contains("Batch " + id + " of 2 messages", "2 SENT", "done       2", "webhook:owner");
            assertThat(server.run("batch", "list").out()).contains("DONE", id, "webhook:owner");
            assertThat(server.run("batch", "list", "--limit", "1", "--json")
                            .json()
                            .path("items"))
                    .hasSize(1);
            JsonNode batch = server.run("batch", "show", id, "--json").json();
            assertThat(batch.path("message").asString())
                    .isEqualTo(receiver.messages(1).getFirst().id());
        }
    }

    private static String batch(String id, String callback) {
        return """
                {"id": "%s", "callback": "%s", "messages": [
                    {"to": "sms:+61491570006", "body": "one"}, {"to": "sms:+61491570110", "body": "two"}]}""".formatted(id, callback);
    }

    @Test
    void aTopicIsToldOnce() throws Exception {
        String id = UUID.randomUUID().toString();
        try (var server = new TestServer(folder)) {
            post(server, batch(id, "topic:news"));
            Awaitility.await().until(() -> toldBy(server, id).equals("SENT"));

            JsonNode messages = get(server, "/api/topics/news/messages").path("messages");
            assertThat(messages).hasSize(1);
            assertThat(messages.toString()).contains(id, "SENT");
        }
    }

    /** A logic that failed is told again, under the same id: it may have got it before it failed. */
    @Test
    void aLogicIsToldUntilItHasReplied() throws Exception {
        String id = UUID.randomUUID().toString();
        List<Message> told = new CopyOnWriteArrayList<>();
        Feature orders = new LogicFeature("orders", (message, context) -> {
            told.add(message);
            if (told.size() == 1) {
                throw new IllegalStateException("as the test wants it");
            }
            context.reply(message, Payload.text("noted"));
        });
        List<Feature> features = new ArrayList<>(SignalboxCommand.FEATURES.all());
        features.add(orders);
        try (var server = new TestServer(
                new Features(features), folder, "delivery.logic.names=orders", "delivery.retry.base=10ms")) {
            post(server, batch(id, "logic:orders"));
            Awaitility.await().until(() -> toldBy(server, id).equals("SENT"));

            assertThat(told).hasSize(2);
            assertThat(told)
                    .extracting(Message::id)
                    .containsOnly(told.getFirst().id());
            JsonNode end =
                    JsonMapper.shared().readTree(((Payload.Text) told.getLast().payload()).value());
            assertThat(end.path("batch").asString()).isEqualTo(id);
            assertThat(end.path("ended").toString()).isEqualTo("{\"SENT\":2}");
        }
    }

    /** A logic of the test's own in a server. */
    private record LogicFeature(String name, Logic.Handler handler) implements Feature {
        @Override
        public Part configure(Reading reading) {
            return node -> node.logic(name, Logic.dispatched(handler));
        }
    }

    /** The state of the message that tells of a batch; empty while there is none. */
    private String toldBy(TestServer server, String id) throws Exception {
        JsonNode message = get(server, "/api/batches/" + id).path("message");
        return message.isMissingNode()
                ? ""
                : get(server, "/api/messages/" + message.asString())
                        .path("state")
                        .asString();
    }

    private JsonNode get(TestServer server, String path) throws Exception {
        return JsonMapper.shared()
                .readTree(HTTP.send(request(server, path).build(), BodyHandlers.ofString())
                        .body());
    }

    private HttpRequest.Builder request(TestServer server, String path) {
        return HttpRequest.newBuilder(URI.create(server.url()).resolve(path))
                .header(
                        "Authorization",
                        "Bearer " + AdminToken.find(folder).orElseThrow().value());
    }

    private void post(TestServer server, String body) throws Exception {
        int status = HTTP.send(
                        request(server, "/api/batches")
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString(body))
                                .build(),
                        BodyHandlers.ofString())
                .statusCode();
        assertThat(status).isEqualTo(201);
    }
}
