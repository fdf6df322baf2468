package dev.signalbox.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.server.Run;
import dev.signalbox.server.TestServer;
import dev.signalbox.server.rest.AdminToken;
import dev.signalbox.testing.simulator.WebhookSimulator;
import dev.signalbox.testing.simulator.WebhookSimulatorOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A whole server that sends a batch and posts its end to a simulated receiver. */
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
            post(server, """
                {"id": "%s", "callback": "webhook:owner", "messages": [
                    {"to": "sms:+61491570006", "body": "one"}, {"to": "sms:+61491570110", "body": "two"}]}""".formatted(id));
            Awaitility.await().until(() -> receiver.stats().accepted() == 1);

            JsonNode told =
                    JsonMapper.shared().readTree(receiver.messages(1).getFirst().body());
            assertThat(told.path("batch").asString()).isEqualTo(id);
            assertThat(told.path("ended").toString()).isEqualTo("{\"SENT\":2}");
            Run shown = server.run("batch", "show", id);
            assertThat(shown.exitCode()).isZero();
            assertThat(shown.out()).contains("Batch " + id + " of 2 messages", "2 SENT", "webhook:owner");
            JsonNode batch = server.run("batch", "show", id, "--json").json();
            assertThat(batch.path("message").asString())
                    .isEqualTo(receiver.messages(1).getFirst().id());
        }
    }

    private void post(TestServer server, String body) throws Exception {
        int status = HTTP.send(
                        HttpRequest.newBuilder(URI.create(server.url()).resolve("/api/batches"))
                                .header(
                                        "Authorization",
                                        "Bearer "
                                                + AdminToken.find(folder)
                                                        .orElseThrow()
                                                        .value())
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString(body))
                                .build(),
                        BodyHandlers.ofString())
                .statusCode();
        assertThat(status).isEqualTo(201);
    }
}
