package dev.signalbox.server.delivery;

import static dev.signalbox.server.node.RunningControlPlane.SMS;
import static dev.signalbox.server.node.RunningControlPlane.errors;
import static dev.signalbox.server.node.RunningControlPlane.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.server.node.RunningControlPlane;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class MessageRoutesTest {
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

    @Test
    void aMessageIsAcceptedAndShownAsItWasWritten() throws Exception {
        var accepted = server.enqueue("""
                {"reach":[{"to":"client:alice","within":"5s"},{"to":"sms:+61491570006"}],"body":"你好 👋",
                 "headers":{"campaign":"autumn"},"priority":2,"at":"2036-01-01T10:00:00+10:00","expiresAt":"2036-01-02T00:00:00Z",
                 "maxAttempts":7,"dedupeKey":"order-17"}""");

        assertThat(accepted.statusCode()).isEqualTo(202);
        assertThat(json(accepted).get("duplicate").booleanValue()).isFalse();
        String id = json(accepted).get("id").stringValue();
        assertThat(accepted.headers().firstValue("Location")).contains("/api/messages/" + id);
        JsonNode shown = json(server.get("/api/messages/" + id));
        assertThat(shown.get("state").stringValue()).isEqualTo("PENDING");
        assertThat(shown.get("reach").toString())
                .isEqualTo("[{\"to\":\"client:alice\",\"within\":\"5s\"},{\"to\":\"sms:+61491570006\"}]");
        assertThat(shown.get("body").stringValue()).isEqualTo("你好 👋");
        assertThat(shown.get("headers").get("campaign").stringValue()).isEqualTo("autumn");
        assertThat(shown.get("at").stringValue()).isEqualTo("2036-01-01T00:00:00Z");
        assertThat(shown.get("priority").intValue()).isEqualTo(2);
        assertThat(shown.get("maxAttempts").intValue()).isEqualTo(7);
    }

    @Test
    void aChainMayBeWrittenInOneText() throws Exception {
        String id = server.enqueued("client:alice within 5s > sms:+61491570006");

        assertThat(json(server.get("/api/messages/" + id)).get("reach").toString())
                .isEqualTo("[{\"to\":\"client:alice\",\"within\":\"5s\"},{\"to\":\"sms:+61491570006\"}]");
    }

    @Test
    void theRequestsTraceIsThatOfItsMessagesUnlessTheySayAnother() throws Exception {
        String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        String own = trace.replace("4b", "aa");
        String plain = "{\"to\":\"" + SMS + "\",\"body\":\"hi\"}";
        String other = plain.replace("}", ",\"traceparent\":\"" + own + "\"}");

        assertThat(traceOf(trace, plain)).isEqualTo(trace);
        assertThat(traceOf(trace, other)).isEqualTo(own);
        assertThat(traceOf("00-nonsense", plain)).isEmpty();
        assertThat(errors(server.enqueue(plain.replace("}", ",\"traceparent\":\"00-nonsense\"}"))))
                .singleElement()
                .asString()
                .startsWith("traceparent: is not one of W3C Trace Context");
    }

    @Test
    void tagsAndMetadataAreKeptAndTagsAreCounted() throws Exception {
        String message =
                "{\"to\":\"" + SMS + "\",\"body\":\"hi\",\"tags\":[\"vip\",\"a:1\"],\"metadata\":{\"order\":\"17\"},"
                        + "\"dedupeKey\":\"k\",\"dedupeWindow\":\"90m\"}";
        String id = json(server.enqueue(message)).get("id").stringValue();
        server.enqueued(SMS);

        JsonNode shown = json(server.get("/api/messages/" + id));
        assertThat(shown.get("tags").toString()).isEqualTo("[\"a:1\",\"vip\"]");
        assertThat(shown.get("metadata").toString()).isEqualTo("{\"order\":\"17\"}");
        assertThat(shown.get("dedupeWindow").stringValue()).isEqualTo("90m");
        assertThat(json(server.get("/api/messages/count?tag=vip&state=PENDING")).toString())
                .isEqualTo("{\"count\":1,\"more\":false}");
        assertThat(json(server.get("/api/messages/count")).get("count").intValue())
                .isEqualTo(2);
        assertThat(json(server.get("/api/messages?tag=vip")).get("items")).hasSize(1);
        assertThat(errors(server.get("/api/messages/count?tag=a%20b&limit=1")))
                .anySatisfy(error -> assertThat(error).startsWith("tag: 'a b' is not 1 to 64 letters"))
                .anySatisfy(error -> assertThat(error).startsWith("limit: is not a parameter of this path"));
    }

    @Test
    void wrongLabelsAreToldByField() throws Exception {
        assertThat(errors(server.enqueue("{\"to\":\"" + SMS + "\",\"body\":\"hi\",\"tags\":[\"a b\",7],"
                        + "\"metadata\":{\"a b\":\"c\",\"d\":1},\"dedupeWindow\":\"soon\"}")))
                .hasSize(6)
                .anySatisfy(error -> assertThat(error).startsWith("tags: tag 'a b' is not 1 to 64"))
                .contains("tags[1]: must be a string", "metadata.d: must be a string")
                .anySatisfy(error -> assertThat(error).startsWith("metadata: metadata name 'a b' holds"))
                .anySatisfy(error -> assertThat(error).startsWith("dedupeWindow: is not a time"))
                .contains("dedupeWindow: needs a dedupeKey");
    }

    @Test
    void theRecipientsTimeIsKept() throws Exception {
        String message = "{\"to\":\"" + SMS
                + "\",\"body\":\"hi\",\"timeZone\":\"Europe/Berlin\",\"quietHours\":\"22:00-07:00\"}";
        String id = json(server.enqueue(message)).get("id").stringValue();

        JsonNode shown = json(server.get("/api/messages/" + id));
        assertThat(shown.get("timeZone").stringValue()).isEqualTo("Europe/Berlin");
        assertThat(shown.get("quietHours").stringValue()).isEqualTo("22:00-07:00");
        assertThat(errors(server.enqueue(message.replace("Berlin", "Nowhere").replace("22:00-", "22-"))))
                .containsExactlyInAnyOrder(
                        "timeZone: time zone is not one that is known, such as Europe/Berlin",
                        "quietHours: quiet hours are not written as 22:00-07:00");
        assertThat(errors(server.enqueue(message.replace("\"timeZone\":\"Europe/Berlin\",", ""))))
                .containsExactly("quietHours: needs a timeZone");
    }

    private String traceOf(String header, String message) throws Exception {
        var request = server.request("/api/messages")
                .header("Content-Type", "application/json")
                .header("traceparent", header)
                .POST(BodyPublishers.ofString(message));
        String id = json(server.send(request)).get("id").stringValue();
        return json(server.get("/api/messages/" + id)).path("traceparent").asString("");
    }

    @Test
    void theSameDedupeKeyTwiceIsOneMessage() throws Exception {
        String message = "{\"to\":\"" + SMS + "\",\"body\":\"hi\",\"dedupeKey\":\"k\"}";
        JsonNode first = json(server.enqueue(message));
        JsonNode second = json(server.enqueue(message));

        assertThat(second.get("duplicate").booleanValue()).isTrue();
        assertThat(second.get("id")).isEqualTo(first.get("id"));
    }

    @Test
    void everythingThatIsWrongIsToldAtOnce() throws Exception {
        var refused = server.enqueue("""
                {"too":"sms:+61491570006","reach":[{"to":"client:alice","within":"5 s"},{"to":"sms:12"},{"wihin":"1s"},7],
                 "body":3,"priority":11,"maxAttempts":"x","id":"1-1-1-1-1","at":"tomorrow","expiresIn":"-1s",
                 "headers":{"a":1},"dedupeKey":""}""");

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.headers().firstValue("Content-Type")).contains("application/problem+json");
        assertThat(errors(refused))
                .containsExactlyInAnyOrder(
                        "too: is not a field of a message (did you mean 'to'?)",
                        "reach[0].to: within '5 s' is not a time of 1ms to 30d, such as 5s or 2m",
                        "reach[1].to: '12' is not a phone number",
                        "reach[2].wihin: is not a field of a message (did you mean 'within'?)",
                        "reach[2].to: is needed",
                        "reach[3]: must be an object such as {\"to\":\"client:alice\",\"within\":\"5s\"}",
                        "body: must be a string",
                        "priority: must be 0 to 9",
                        "maxAttempts: must be a whole number",
                        "id: is not a UUID",
                        "at: is not a time with an offset, such as 2026-11-21T09:30:00Z",
                        "expiresIn: is not a time of 1ms to 365d, such as 30m or 1h",
                        "headers.a: must be a string",
                        "dedupeKey: must have 1 to 200 characters");
    }

    @Test
    void anEmptyMessageIsToldWhatItLacks() throws Exception {
        assertThat(errors(server.enqueue("{}")))
                .containsExactlyInAnyOrder(
                        "to: is required: the recipient, such as sms:+61491570006",
                        "body: is required: the text to deliver");
        assertThat(errors(server.enqueue("[]"))).containsExactly(": a message must be a JSON object");
    }

    @Test
    void anExpiryMustComeAfterTheStart() throws Exception {
        assertThat(errors(server.enqueue("""
                {"to":"client:a","body":"x","at":"2036-01-01T00:00:00Z","expiresAt":"2035-01-01T00:00:00Z"}"""))).containsExactly("expiresAt: must be later than at");
        assertThat(errors(server.enqueue("""
                {"to":"client:a","body":"x","expiresIn":"1h","expiresAt":"2035-01-01T00:00:00Z"}""")))
                .containsExactly("expiresIn: give either 'expiresAt' or 'expiresIn', not both");
    }

    @Test
    void malformedJsonIsToldWithItsPosition() throws Exception {
        var refused = server.enqueue("{\"to\":\"client:a\",\n \"body: \"x\"}");

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(json(refused).get("line").intValue()).isEqualTo(2);
        assertThat(json(refused).get("detail").stringValue()).startsWith("the body is not JSON: line 2, column ");
        assertThat(server.enqueue("").statusCode()).isEqualTo(400);
        assertThat(server.enqueue("{\"body\":\"a\",\"body\":\"b\"}").statusCode())
                .isEqualTo(400);
        assertThat(server.enqueue("{} {}").statusCode()).isEqualTo(400);
    }

    @Test
    void messagesAreListedNewestFirstInPages() throws Exception {
        String first = server.enqueued(SMS);
        String second = server.enqueued("client:alice");
        String third = server.enqueued(SMS);

        JsonNode page = json(server.get("/api/messages?limit=2"));
        assertThat(page.get("items").values())
                .extracting(item -> item.get("id").stringValue())
                .containsExactly(third, second);
        JsonNode rest = json(
                server.get("/api/messages?limit=2&cursor=" + page.get("next").stringValue()));
        assertThat(rest.get("items").values())
                .extracting(item -> item.get("id").stringValue())
                .containsExactly(first);
        assertThat(rest.has("next")).isFalse();
        assertThat(json(server.get("/api/messages?channel=client")).get("items").size())
                .isEqualTo(1);
        assertThat(json(server.get("/api/messages?state=dead")).get("items").size())
                .isZero();
    }

    @Test
    void wrongFiltersAreToldAtOnce() throws Exception {
        assertThat(errors(server.get("/api/messages?limitt=3&state=GONE&channel=A%20B&limit=0")))
                .containsExactlyInAnyOrder(
                        "limitt: is not a parameter of this path (did you mean 'limit'?)",
                        "state: must be one of [PENDING, CLAIMED, RETRY_WAIT, SENT, UNKNOWN, DEAD, REJECTED, EXPIRED, CANCELLED]",
                        "channel: must be the name of a channel, such as sms",
                        "limit: must be 1 to 500");
    }

    @Test
    void aPendingMessageIsCancelledOnceAndForAll() throws Exception {
        String id = server.enqueued(SMS);

        assertThat(json(server.post("/api/messages/" + id + "/cancel"))
                        .get("state")
                        .stringValue())
                .isEqualTo("CANCELLED");
        assertThat(server.post("/api/messages/" + id + "/cancel").statusCode()).isEqualTo(200);
        assertThat(json(server.post("/api/messages/" + id + "/retry"))
                        .get("state")
                        .stringValue())
                .isEqualTo("PENDING");
    }

    @Test
    void whatIsSentIsNeitherCancelledNorRetried() throws Exception {
        String id = server.enqueued(SMS);
        server.dispatch(new SendResult.Accepted(Optional.empty()));

        var refused = server.post("/api/messages/" + id + "/cancel");
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(json(refused).get("state").stringValue()).isEqualTo("SENT");
        assertThat(json(refused).get("detail").stringValue()).isEqualTo("the message is SENT and cannot be cancelled");
        assertThat(server.post("/api/messages/" + id + "/retry").statusCode()).isEqualTo(409);
    }

    @Test
    void attemptsAreShownOldestFirst() throws Exception {
        String id = server.enqueued(SMS);
        server.dispatch(new SendResult.Rejected("the number is barred"));

        JsonNode attempt =
                json(server.get("/api/messages/" + id)).get("attempts").get(0);
        assertThat(attempt.get("to").stringValue()).isEqualTo(SMS);
        assertThat(attempt.get("attempt").intValue()).isEqualTo(1);
        assertThat(attempt.get("result").stringValue()).isEqualTo("REJECTED");
        assertThat(attempt.get("error").stringValue()).isEqualTo("the number is barred");
    }

    @Test
    void whatTheQueueAloneRefusesIsToldInItsWords() throws Exception {
        assertThat(errors(server.enqueue("{\"to\":\"client:a\",\"body\":\"nul \\u0000\"}")))
                .containsExactly(": body holds a character that is not valid Unicode text (U+0000 or half a pair)");
    }

    @Test
    void aCursorThatNoPageGaveIsRefused() throws Exception {
        assertThat(errors(server.get("/api/messages?cursor=7")))
                .containsExactly(
                        "cursor: is not a cursor that an earlier page returned; leave it out to start from the beginning");
        assertThat(server.get("/api/messages/sent?cursor=7").statusCode()).isEqualTo(400);
    }

    @Test
    void aMessageThatIsNotThereIsNotFound() throws Exception {
        for (String path : new String[] {"/api/messages/x", "/api/messages/" + new UUID(1, 2)}) {
            assertThat(server.get(path).statusCode()).isEqualTo(404);
            assertThat(server.post(path + "/cancel").statusCode()).isEqualTo(404);
            assertThat(server.post(path + "/retry").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void aQueueThatIsGoneIsToldAsUnavailable() throws Exception {
        server.database.close();

        var refused = server.enqueue("{\"to\":\"" + SMS + "\",\"body\":\"x\"}");
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).contains("5");
        assertThat(refused.body()).doesNotContain("IllegalState");
    }
}
