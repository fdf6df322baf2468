package dev.signalbox.server.delivery;

import static dev.signalbox.server.node.RunningControlPlane.SMS;
import static dev.signalbox.server.node.RunningControlPlane.errors;
import static dev.signalbox.server.node.RunningControlPlane.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.server.node.RunningControlPlane;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class BatchRoutesTest {
    private static final String MESSAGE = "{\"to\":\"" + SMS + "\",\"body\":\"Stand-up\"}";

    @TempDir
    private Path folder;

    private RunningControlPlane server;

    @BeforeEach
    void start() {
        server = new RunningControlPlane(folder);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpResponse<String> post(String body) throws Exception {
        return server.send(server.request("/api/batches")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    }

    @Test
    void messagesAreEnqueuedTogetherAndTheirEndsAreCounted() throws Exception {
        UUID id = UUID.randomUUID();
        String body =
                "{\"id\":\"" + id + "\",\"callback\":\"" + SMS + "\",\"messages\":[" + MESSAGE + "," + MESSAGE + "]}";
        HttpResponse<String> made = post(body);
        assertThat(made.statusCode()).isEqualTo(201);
        assertThat(made.headers().firstValue("Location")).contains("/api/batches/" + id);
        assertThat(json(made).path("messages")).hasSize(2);
        assertThat(json(made).path("duplicate").asBoolean()).isFalse();
        JsonNode open = json(server.get("/api/batches/" + id));
        assertThat(open).isEqualTo(json(made).path("batch"));
        assertThat(open.path("open").asInt()).isEqualTo(2);
        assertThat(open.path("callback").asString()).isEqualTo(SMS);
        assertThat(open.has("completedAt")).isFalse();

        HttpResponse<String> again = post(body);
        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(json(again).path("duplicate").asBoolean()).isTrue();
        assertThat(json(again).path("messages")).isEmpty();

        server.dispatcher.runOnce();
        JsonNode complete = json(server.get("/api/batches/" + id));
        assertThat(complete.path("open").asInt()).isZero();
        assertThat(complete.path("ended").toString()).isEqualTo("{\"SENT\":2}");
        assertThat(complete.has("completedAt")).isTrue();
    }

    @Test
    void whatIsWrongIsToldByMessageAndNothingIsEnqueued() throws Exception {
        assertThat(errors(post("{\"id\":\"x\",\"callback\":\"nowhere\",\"messages\":[" + MESSAGE
                        + ",{\"to\":\"sms:12\",\"body\":\"x\"}]}")))
                .containsExactlyInAnyOrder(
                        "id: is not a UUID",
                        "callback: 'nowhere' is not channel:address, such as sms:+61491570006",
                        "messages[1].to: '12' is not a phone number");
        assertThat(errors(post("{\"messages\":[]}"))).containsExactly("messages: must hold 1 to 1000 messages");
        assertThat(errors(post("{\"when\":1}"))).anyMatch(error -> error.startsWith("when"));
        assertThat(json(server.get("/api/messages")).path("items")).isEmpty();
    }

    /** Else a repetition, which its sender believes to be safe, would be a second batch. */
    @Test
    void anIdempotencyKeyIsRefusedSinceTheIdIsTheBatchsOwn() throws Exception {
        HttpResponse<String> refused = server.send(server.request("/api/batches")
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", "k")
                .POST(BodyPublishers.ofString("{\"messages\":[" + MESSAGE + "]}")));
        assertThat(errors(refused))
                .containsExactly("Idempotency-Key: is for one message; give the batch an id instead");
        assertThat(json(server.get("/api/messages")).path("items")).isEmpty();
    }

    @Test
    void whatIsNotThereIsNotFound() throws Exception {
        assertThat(server.get("/api/batches/" + UUID.randomUUID()).statusCode()).isEqualTo(404);
        assertThat(server.get("/api/batches/x").statusCode()).isEqualTo(404);
    }
}
