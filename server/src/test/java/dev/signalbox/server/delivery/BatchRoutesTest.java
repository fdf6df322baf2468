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
        assertThat(open.path("done").asInt()).isZero();
        assertThat(open.path("callback").asString()).isEqualTo(SMS);
        assertThat(open.has("completedAt")).isFalse();

        HttpResponse<String> again = post(body);
        assertThat(again.statusCode()).isEqualTo(200);
        assertThat(json(again).path("duplicate").asBoolean()).isTrue();
        assertThat(json(again).path("messages")).isEmpty();

        server.dispatcher.runOnce();
        JsonNode complete = json(server.get("/api/batches/" + id));
        assertThat(complete.path("open").asInt()).isZero();
        assertThat(complete.path("done").asInt()).isEqualTo(2);
        assertThat(complete.path("failed").asInt()).isZero();
        assertThat(complete.path("ended").toString()).isEqualTo("{\"SENT\":2}");
        assertThat(complete.has("completedAt")).isTrue();
    }

    @Test
    void theSameIdForAnotherBatchIsAConflictThatSaysWhatDiffers() throws Exception {
        UUID id = UUID.randomUUID();
        String batch = "{\"id\":\"" + id + "\",\"messages\":[" + MESSAGE + "]}";
        assertThat(post(batch).statusCode()).isEqualTo(201);

        HttpResponse<String> refused = post(batch.replace("Stand-up", "Lunch"));
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(json(refused).path("id").asString()).isEqualTo(id.toString());
        assertThat(json(refused).path("detail").asString()).contains(id.toString(), "another id");
        assertThat(errors(refused)).containsExactly("messages: differs from batch " + id + ", which has the same id");
        assertThat(errors(post(batch.replace("\"messages\"", "\"callback\":\"" + SMS + "\",\"messages\""))))
                .containsExactly("callback: differs from batch " + id + ", which has the same id");

        assertThat(post(batch).statusCode()).isEqualTo(200);
        assertThat(json(server.get("/api/messages")).path("items")).hasSize(1);
    }

    /** What a caller who repeats a request counts from now may differ. */
    @Test
    void aRepetitionThatExpiresLaterIsTheSameBatch() throws Exception {
        String batch = "{\"id\":\"" + UUID.randomUUID() + "\",\"messages\":["
                + MESSAGE.replace("}", ",\"expiresIn\":\"1h\"}") + "]}";
        assertThat(post(batch).statusCode()).isEqualTo(201);
        assertThat(post(batch).statusCode()).isEqualTo(200);
    }

    @Test
    void theyAreListedPageByPage() throws Exception {
        for (int i = 0; i < 3; i++) {
            assertThat(post("{\"messages\":[" + MESSAGE + "]}").statusCode()).isEqualTo(201);
        }
        JsonNode first = json(server.get("/api/batches?limit=2"));
        assertThat(first.path("items")).hasSize(2);
        JsonNode last = json(
                server.get("/api/batches?limit=2&cursor=" + first.path("next").asString()));
        assertThat(last.path("items")).hasSize(1);
        assertThat(last.has("next")).isFalse();
        JsonNode shown = last.path("items").path(0);
        assertThat(shown)
                .isEqualTo(json(server.get("/api/batches/" + shown.path("id").asString())));
        assertThat(server.get("/api/batches?cursor=x").statusCode()).isEqualTo(400);
        assertThat(server.get("/api/batches?limit=0").statusCode()).isEqualTo(400);
    }

    @Test
    void aCallbackMayBeATopicAndLogicOnlyWhereTheServerAllowsIt() throws Exception {
        assertThat(post("{\"callback\":\"topic:batches\",\"messages\":[" + MESSAGE + "]}")
                        .statusCode())
                .isEqualTo(201);
        assertThat(errors(post("{\"callback\":\"topic:*\",\"messages\":[" + MESSAGE + "]}")))
                .containsExactly("callback: topic name '*' stands for many topics; name one to publish to");
        assertThat(errors(post("{\"callback\":\"logic:orders\",\"messages\":[" + MESSAGE + "]}")))
                .singleElement()
                .asString()
                .contains("callback: channel `logic` is not configured: set delivery.logic.names");
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

    /** Its id may have been made by the server, so without it the caller could not send the batch again. */
    @Test
    void aBatchInDoubtIsToldWithTheIdToSendItAgainWith() throws Exception {
        server.database.close();

        HttpResponse<String> doubt = post("{\"messages\":[" + MESSAGE + "]}");
        assertThat(doubt.statusCode()).isEqualTo(503);
        assertThat(doubt.headers().firstValue("Retry-After")).contains("5");
        assertThat(json(doubt).path("inDoubt").asBoolean()).isTrue();
        assertThat(json(doubt).path("detail").asString())
                .contains(UUID.fromString(json(doubt).path("id").asString()).toString(), "is safe");
    }
}
