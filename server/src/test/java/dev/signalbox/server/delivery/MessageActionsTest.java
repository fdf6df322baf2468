package dev.signalbox.server.delivery;

import static dev.signalbox.server.node.RunningControlPlane.SMS;
import static dev.signalbox.server.node.RunningControlPlane.errors;
import static dev.signalbox.server.node.RunningControlPlane.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.server.node.RunningControlPlane;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class MessageActionsTest {
    private static final SendResult UNKNOWN = new SendResult.Unknown("the provider did not answer");
    private static final SendResult REJECTED = new SendResult.Rejected("the number is barred");

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

    private HttpResponse<String> post(String path, String body) throws Exception {
        return server.send(server.request("/api/messages/" + path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    }

    private String ended(SendResult result) throws Exception {
        String id = server.enqueued(SMS);
        server.dispatch(result);
        return id;
    }

    private JsonNode shown(String id) throws Exception {
        return json(server.get("/api/messages/" + id));
    }

    private String state(String id) throws Exception {
        return shown(id).get("state").stringValue();
    }

    @ParameterizedTest
    @CsvSource({"arrived, SENT", "not-arrived, DEAD", "retry, PENDING"})
    void anUnknownOutcomeIsResolvedAndSaysByWhomAndWhy(String outcome, String state) throws Exception {
        String id = ended(UNKNOWN);

        var resolved = post(id + "/resolve", "{\"outcome\":\"" + outcome + "\",\"note\":\"asked\\nby telephone\"}");

        assertThat(json(resolved).get("state").stringValue()).isEqualTo(state);
        JsonNode last = shown(id).get("attempts").get(1);
        assertThat(last.get("actor").stringValue()).isEqualTo("admin");
        assertThat(last.get("note").stringValue()).isEqualTo("asked\nby telephone");
        assertThat(shown(id).get("attempts").get(0).has("actor")).isFalse();
    }

    @Test
    void onlyUnknownOutcomesAreResolved() throws Exception {
        String id = ended(REJECTED);

        var refused = post(id + "/resolve", "{\"outcome\":\"arrived\"}");

        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(json(refused).get("detail").stringValue()).contains("is REJECTED", "only", "UNKNOWN");
        assertThat(post(new UUID(1, 2) + "/resolve", "{\"outcome\":\"arrived\"}")
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void wrongResolutionsAreToldByField() throws Exception {
        String id = ended(UNKNOWN);

        assertThat(errors(post(id + "/resolve", "{\"outcome\":\"lost\",\"note\":\"\\u0007\",\"nots\":1}")))
                .containsExactlyInAnyOrder(
                        "nots: is not a field of a resolution (did you mean 'note'?)",
                        "outcome: must be arrived, not-arrived or retry",
                        "note: holds a control character, such as a line break; remove it");
        assertThat(errors(post(id + "/resolve", "[]"))).containsExactly(": the body must be a JSON object");
        assertThat(server.post("/api/messages/" + id + "/resolve").statusCode()).isEqualTo(415);
        assertThat(state(id)).isEqualTo("UNKNOWN");
    }

    @Test
    void cancelAndRetryTakeANoteOrNoBodyAtAll() throws Exception {
        String id = server.enqueued(SMS);

        assertThat(post(id + "/cancel", "{\"note\":\"a mistake\"}").statusCode())
                .isEqualTo(200);
        assertThat(server.post("/api/messages/" + id + "/retry").statusCode()).isEqualTo(200);
        assertThat(errors(post(id + "/cancel", "{\"node\":\"x\"}")))
                .containsExactly("node: is not a field of this request (did you mean 'note'?)");

        JsonNode attempts = shown(id).get("attempts");
        assertThat(attempts.get(0).get("note").stringValue()).isEqualTo("a mistake");
        assertThat(attempts.get(1).get("actor").stringValue()).isEqualTo("admin");
        assertThat(attempts.get(1).has("note")).isFalse();
    }

    @Test
    void retryTakesANewKeyByChoice() throws Exception {
        String id = ended(REJECTED);
        assertThat(post(id + "/retry", "{\"newKey\":true,\"note\":\"it repeats itself\"}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(shown(id).get("attempts").get(1).get("result").stringValue()).isEqualTo("REKEYED");
        assertThat(post(id + "/retry", "{\"newKey\":true}").statusCode()).isEqualTo(409);

        String other = ended(REJECTED);
        var bulk = post("actions", "{\"action\":\"retry\",\"newKey\":true,\"filter\":{\"state\":\"REJECTED\"}}");
        assertThat(json(bulk).get("changed").intValue()).isPositive();
        assertThat(shown(other).get("attempts").get(1).get("result").stringValue())
                .isEqualTo("REKEYED");
        assertThat(errors(
                        post("actions", "{\"action\":\"cancel\",\"newKey\":true,\"filter\":{\"state\":\"PENDING\"}}")))
                .containsExactly("newKey: belongs to the action retry only");
    }

    @Test
    void whatHasExpiredIsNotRetriedAndTheReasonIsTold() throws Exception {
        String id = json(server.enqueue("{\"to\":\"" + SMS + "\",\"body\":\"x\",\"expiresIn\":\"1ms\"}"))
                .get("id")
                .stringValue();
        server.dispatch(REJECTED);
        assertThat(state(id)).isEqualTo("EXPIRED");

        assertThat(server.post("/api/messages/" + id + "/retry").body())
                .contains("the message is EXPIRED and cannot be retried: its expiry has passed");
    }

    @Test
    void allThatAFilterFindsAreChangedAfterADryRun() throws Exception {
        String one = ended(REJECTED);
        String other = ended(REJECTED);
        String unknown = ended(UNKNOWN);
        String action = "\"action\":\"retry\",\"filter\":{\"state\":\"REJECTED\",\"reason\":\"BARRED\"}";

        JsonNode dry = json(post("actions", "{" + action + ",\"dryRun\":true}"));
        assertThat(dry.toString()).isEqualTo("{\"matched\":2,\"changed\":0,\"more\":false}");
        assertThat(state(one)).isEqualTo("REJECTED");

        JsonNode limited = json(post("actions", "{" + action + ",\"limit\":1,\"note\":\"unbarred\"}"));
        assertThat(limited.toString()).isEqualTo("{\"matched\":1,\"changed\":1,\"more\":true}");
        assertThat(state(other)).isEqualTo("PENDING");
        assertThat(state(one)).isEqualTo("REJECTED");
        assertThat(shown(other).get("attempts").get(1).get("note").stringValue())
                .isEqualTo("unbarred");

        JsonNode resolved = json(post("actions", "{\"action\":\"resolve\",\"outcome\":\"arrived\"}"));
        assertThat(resolved.get("changed").intValue()).isEqualTo(1);
        assertThat(state(unknown)).isEqualTo("SENT");
    }

    @Test
    void aBulkActionSaysWhatItIsAbout() throws Exception {
        assertThat(errors(post("actions", "{\"action\":\"cancel\"}")))
                .containsExactly(
                        "filter.state: must be one of [PENDING, RETRY_WAIT], whose messages this action can change");
        assertThat(errors(post("actions", "{\"action\":\"cancel\",\"filter\":{\"state\":\"SENT\"}}")))
                .containsExactly(
                        "filter.state: must be one of [PENDING, RETRY_WAIT], whose messages this action can change");
        assertThat(errors(post("actions", "{\"action\":\"purge\",\"filter\":{\"stat\":1,\"text\":\"x\"},\"limit\":0}")))
                .containsExactlyInAnyOrder(
                        "action: must be cancel, retry, resolve or delete",
                        "filter.stat: is not a field of a filter (did you mean 'state'?)",
                        "filter.text: is too short; give 2 to 100 characters",
                        "limit: must be 1 to 10000");
        assertThat(errors(post("actions", "{\"action\":\"resolve\",\"filter\":{},\"dryRun\":\"yes\"}")))
                .containsExactlyInAnyOrder(
                        "outcome: must be arrived, not-arrived or retry", "dryRun: must be true or false");
        assertThat(errors(post("actions", "{\"action\":\"retry\",\"outcome\":\"\",\"filter\":{\"state\":\"DEAD\"}}")))
                .containsExactly("outcome: belongs to the action resolve only");
    }

    @Test
    void onlyAdminsIntervene() throws Exception {
        String id = ended(UNKNOWN);
        for (String path : new String[] {id + "/resolve", id + "/retry", id + "/cancel", id + "/delete", "actions"}) {
            var refused = server.send(server.request("/api/messages/" + path)
                    .setHeader("Authorization", "Bearer sender")
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString("{}")));
            assertThat(refused.statusCode()).as(path).isEqualTo(403);
        }
        assertThat(server.queue
                        .find(UUID.fromString(id))
                        .map(status -> status.state().name()))
                .isEqualTo(Optional.of("UNKNOWN"));
    }

    @Test
    void whatHasEndedIsDeletedByIdOrByTag() throws Exception {
        String waiting = server.enqueued(SMS);
        assertThat(json(post(waiting + "/delete", "{}")).get("detail").stringValue())
                .contains("is PENDING and cannot be deleted");
        server.dispatch(REJECTED);
        String tagged = json(server.enqueue("{\"to\":\"" + SMS + "\",\"body\":\"x\",\"tags\":[\"spring\"]}"))
                .get("id")
                .stringValue();
        server.dispatch(REJECTED);

        assertThat(post(waiting + "/delete", "{\"note\":\"by request\"}").statusCode())
                .isEqualTo(200);
        assertThat(server.get("/api/messages/" + waiting).statusCode()).isEqualTo(404);
        JsonNode done =
                json(post("actions", "{\"action\":\"delete\",\"filter\":{\"state\":\"REJECTED\",\"tag\":\"spring\"}}"));
        assertThat(done.toString()).isEqualTo("{\"matched\":1,\"changed\":1,\"more\":false}");
        assertThat(server.get("/api/messages/" + tagged).statusCode()).isEqualTo(404);
    }

    @Test
    void aMessageThatWaitsIsRescheduled() throws Exception {
        String id = server.enqueued(SMS);

        var put = post(id + "/reschedule", "{\"in\":\"1h\",\"priority\":0,\"note\":\"a doctor waits\"}");

        assertThat(json(put).get("state").stringValue()).isEqualTo("PENDING");
        assertThat(shown(id).get("priority").intValue()).isZero();
        JsonNode event = shown(id).get("attempts").get(0);
        assertThat(event.get("result").stringValue()).isEqualTo("RESCHEDULED");
        assertThat(event.get("actor").stringValue()).isEqualTo("admin");
        server.dispatch(REJECTED);
        assertThat(state(id)).isEqualTo("PENDING");
        assertThat(post(id + "/reschedule", "{\"at\":\"2026-01-01T00:00:00Z\"}").statusCode())
                .isEqualTo(200);
        server.dispatch(REJECTED);
        var late = post(id + "/reschedule", "{\"priority\":1}");
        assertThat(late.statusCode()).isEqualTo(409);
        assertThat(json(late).get("detail").stringValue()).contains("is REJECTED", "only messages that wait");
    }

    @Test
    void wrongSchedulesAreToldByField() throws Exception {
        String id = server.enqueued(SMS);
        assertThat(errors(post(id + "/reschedule", "{\"in\":\"soon\",\"at\":\"later\",\"priority\":10}")))
                .hasSize(3)
                .anySatisfy(error -> assertThat(error).startsWith("in: is not a time of 1ms to 365d"))
                .anySatisfy(error -> assertThat(error).startsWith("at: is not a time"))
                .anySatisfy(error -> assertThat(error).startsWith("priority: must be from 0 to 9"));
        assertThat(errors(post(id + "/reschedule", "{\"in\":\"1h\",\"at\":\"2026-11-21T09:30:00Z\"}")))
                .containsExactly("in: give either 'at' or 'in', not both");
        assertThat(errors(post(id + "/reschedule", "{\"note\":\"x\"}")))
                .containsExactly(": give 'at', 'in' or 'priority'");
        assertThat(shown(id).get("attempts")).isEmpty();
    }
}
