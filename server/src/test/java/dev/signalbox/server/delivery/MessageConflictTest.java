package dev.signalbox.server.delivery;

import static dev.signalbox.server.node.RunningControlPlane.SMS;
import static dev.signalbox.server.node.RunningControlPlane.errors;
import static dev.signalbox.server.node.RunningControlPlane.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.server.node.RunningControlPlane;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** An id or key that belongs to another message: nobody is told "duplicate" of a message that they did not send. */
class MessageConflictTest {
    private static final String ID = "01936b2e-7c00-7000-8000-0123456789ab";

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

    private static String message(String to, String more) {
        return "{\"to\":\"" + to + "\",\"body\":\"hi\"" + more + "}";
    }

    private HttpResponse<String> keyed(String key, String token, String message) throws Exception {
        return server.send(server.request("/api/messages")
                .setHeader("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key)
                .POST(BodyPublishers.ofString(message)));
    }

    private String differs(String field, String id) {
        return field + ": differs from message " + id + ", which has the same id or dedupe key";
    }

    @Test
    void aReceiptHoldsNothingButTheIdAndWhetherItIsADuplicate() throws Exception {
        String message = message(SMS, ",\"id\":\"" + ID + "\"");

        assertThat(server.enqueue(message).body()).isEqualTo("{\"id\":\"" + ID + "\",\"duplicate\":false}");
        assertThat(server.enqueue(message).body()).isEqualTo("{\"id\":\"" + ID + "\",\"duplicate\":true}");
    }

    @Test
    void theSameDedupeKeyWithAnotherMessageIsRefusedAndToldWhatDiffers() throws Exception {
        String id = json(server.enqueue(message(SMS, ",\"dedupeKey\":\"k\"")))
                .get("id")
                .stringValue();

        var refused = server.enqueue(message("client:alice", ",\"dedupeKey\":\"k\",\"priority\":1"));

        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(json(refused).get("id").stringValue()).isEqualTo(id);
        assertThat(errors(refused)).containsExactly(differs("reach", id), differs("priority", id));
    }

    @Test
    void theSameIdWithAnotherMessageIsRefused() throws Exception {
        server.enqueue(message(SMS, ",\"id\":\"" + ID + "\""));

        var refused = server.enqueue("{\"to\":\"" + SMS + "\",\"body\":\"other\",\"id\":\"" + ID + "\"}");

        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(errors(refused)).containsExactly(differs("body", ID));
    }

    @Test
    void inBulkOnlyTheConflictingLinesAreRefused() throws Exception {
        String id = json(server.enqueue(message(SMS, ",\"dedupeKey\":\"k\"")))
                .get("id")
                .stringValue();

        List<JsonNode> lines = server.bulk(
                "application/x-ndjson",
                message(SMS, "") + "\n" + message("client:a", ",\"dedupeKey\":\"k\"") + "\n"
                        + message(SMS, ",\"dedupeKey\":\"k\"") + "\n");

        assertThat(lines.get(0).get("duplicate").booleanValue()).isFalse();
        assertThat(lines.get(1).get("error").get("field").stringValue()).isEqualTo("reach");
        assertThat(lines.get(1).get("error").get("message").stringValue()).contains(id);
        assertThat(lines.get(2).get("duplicate").booleanValue()).isTrue();
        assertThat(lines.get(3).toString()).isEqualTo("{\"accepted\":1,\"duplicates\":1,\"refused\":1}");
    }

    @Test
    void inCsvAConflictIsToldByTheColumnsName() throws Exception {
        List<JsonNode> lines = server.bulk(
                "text/csv",
                "to,body,dedupe_key,max_attempts\n" + SMS + ",hi,k,3\nclient:a,hi,k,4\n" + SMS + ",hi,k,3\n");

        JsonNode error = lines.get(1).get("error");
        assertThat(error.get("field").stringValue()).isEqualTo("to");
        assertThat(error.get("others").get(0).get("field").stringValue()).isEqualTo("max_attempts");
        assertThat(lines.get(2).get("duplicate").booleanValue()).isTrue();
        assertThat(lines.get(3).toString()).isEqualTo("{\"accepted\":1,\"duplicates\":1,\"refused\":1}");
    }

    @Test
    void theSameIdempotencyKeyTwiceIsOneMessage() throws Exception {
        JsonNode first = json(keyed("\"order 17\"".replace(" ", "-"), "sender", message(SMS, "")));
        JsonNode second = json(keyed("order-17", "sender", message(SMS, "")));

        assertThat(first.get("duplicate").booleanValue()).isFalse();
        assertThat(second.get("duplicate").booleanValue()).isTrue();
        assertThat(second.get("id")).isEqualTo(first.get("id"));
    }

    @Test
    void theSameIdempotencyKeyWithAnotherMessageIsUnprocessable() throws Exception {
        String id = json(keyed("k", "sender", message(SMS, ""))).get("id").stringValue();

        var refused = keyed("k", "sender", message(SMS, ",\"priority\":1"));

        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(json(refused).get("id").stringValue()).isEqualTo(id);
        assertThat(errors(refused)).containsExactly(differs("priority", id));
    }

    @Test
    void idempotencyKeysMeetNeitherDedupeKeysNorThoseOfOtherTokens() throws Exception {
        keyed("k", "sender", message(SMS, ""));

        assertThat(server.enqueue(message("client:a", ",\"dedupeKey\":\"k\"")).statusCode())
                .isEqualTo(202);
        assertThat(keyed("k", "admin", message("client:b", "")).statusCode()).isEqualTo(202);
        assertThat(errors(server.enqueue(message(SMS, ",\"dedupeKey\":\"idempotency-key:x\""))))
                .singleElement()
                .asString()
                .startsWith("dedupeKey: must not begin with 'idempotency-key:'");
    }

    @Test
    void aDedupeKeyCountsBeforeTheIdempotencyKey() throws Exception {
        String id = json(keyed("k", "sender", message(SMS, ",\"dedupeKey\":\"d\"")))
                .get("id")
                .stringValue();

        assertThat(json(keyed("other", "sender", message(SMS, ",\"dedupeKey\":\"d\"")))
                        .get("id")
                        .stringValue())
                .isEqualTo(id);
        assertThat(keyed("k", "sender", message("client:a", ",\"dedupeKey\":\"d\""))
                        .statusCode())
                .isEqualTo(409);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "\"\"", "a\tb"})
    void anIdempotencyKeyIsVisibleAscii(String key) throws Exception {
        assertThat(errors(keyed(key, "sender", message(SMS, ""))))
                .containsExactly("Idempotency-Key: must be 1 to 255 visible ASCII characters, such as a UUID");
        assertThat(keyed("x".repeat(255), "sender", message(SMS, "")).statusCode())
                .isEqualTo(202);
        assertThat(keyed("x".repeat(256), "sender", message(SMS, "")).statusCode())
                .isEqualTo(400);
    }

    @Test
    void aBulkRequestTakesNoIdempotencyKey() throws Exception {
        var refused = server.send(server.request("/api/messages")
                .header("Content-Type", "application/x-ndjson")
                .header("Idempotency-Key", "k")
                .POST(BodyPublishers.ofString(message(SMS, ""))));

        assertThat(errors(refused)).singleElement().asString().startsWith("Idempotency-Key: is for one message");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":\"b\\r\\nc: d\"}",
                "{\"a\\r\\nb\":\"c\"}",
                "{\"a\":\"\\u001b[31m\"}",
                "{\"a b\":\"c\"}",
                "{\"\":\"c\"}"
            })
    void aHeaderThatWouldBecomeTwoIsRefusedAtEveryEntrance(String headers) throws Exception {
        String message = message(SMS, ",\"headers\":" + headers);

        assertThat(errors(server.enqueue(message))).singleElement().asString().startsWith("headers.");
        JsonNode line = server.bulk("application/x-ndjson", message + "\n").getFirst();
        assertThat(line.get("error").get("field").stringValue()).startsWith("headers.");
        assertThat(server.enqueue(message).body()).doesNotContain("\\r", "\\u001b");
        assertThat(server.bulk("text/csv", "to,body,headers\n")
                        .getFirst()
                        .get("detail")
                        .stringValue())
                .contains("headers is not a known column");
    }
}
