package dev.signalbox.server.node;

import static dev.signalbox.server.node.RunningControlPlane.SMS;
import static dev.signalbox.server.node.RunningControlPlane.json;
import static dev.signalbox.server.node.RunningControlPlane.lines;
import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.server.rest.Route;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The document that the server serves says what the server does. */
class OpenApiTest {
    private static final Set<String> METHODS = Set.of("get", "post", "put", "delete", "patch");
    private static final String BASE = "https://signalbox.test/openapi.json";

    @TempDir
    private Path folder;

    private RunningControlPlane server;

    private JsonNode document;
    private SchemaRegistry schemas;

    @BeforeEach
    void startAndReadTheDocument() throws Exception {
        server = new RunningControlPlane(folder);
        String text = server.get("/openapi.json").body();
        document = RunningControlPlane.JSON.readTree(text);
        schemas = SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12, registry -> registry.schemas(Map.of(BASE, text)));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void everyRouteIsDocumentedAndEveryDocumentedOneIsThere() {
        var routed = Stream.concat(
                        server.routes.stream(),
                        Stream.of(Route.open("GET", "/openapi.json", (request, response) -> {})))
                .map(route -> route.method().toLowerCase(Locale.ROOT) + " "
                        + route.path().replace("{+", "{"))
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(documented()).isEqualTo(routed);
    }

    private Set<String> documented() {
        var documented = new TreeSet<String>();
        document.get("paths")
                .properties()
                .forEach(path -> path.getValue().propertyNames().stream()
                        .filter(METHODS::contains)
                        .forEach(method -> documented.add(method + " " + path.getKey())));
        return documented;
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        document.findValues("$ref")
                .forEach(reference -> assertThat(
                                document.at(reference.stringValue().substring(1))
                                        .isMissingNode())
                        .as(reference.toString())
                        .isFalse());
    }

    @Test
    void everyAnswerIsAsDocumented() throws Exception {
        String sent = server.enqueued(SMS);
        server.dispatch(new SendResult.Accepted(Optional.of("provider-1")));
        String id = json(answers(202, server.enqueue("""
            {"reach":[{"to":"client:a","within":"5s"},{"to":"sms:+61491570006"}],"body":"x","headers":{"a":"b"},
             "dedupeKey":"k","at":"2036-01-01T00:00:00Z","expiresAt":"2036-01-02T00:00:00Z"}\
            """), "Receipt")).get("id").stringValue();
        server.dispatch(new SendResult.NotSent("the provider is busy", Optional.empty()));
        server.connect("alice");

        answers(200, server.get("/api/messages/" + id), "Message");
        answers(200, server.get("/api/messages?limit=1"), "MessagePage");
        answers(200, server.get("/api/messages/sent"), "SentMessages");
        answers(200, server.get("/api/clients"), "ClientPage");
        answers(404, server.get("/api/clients/nobody"), "Problem");
        answers(200, ban("mallory", "{\"for\":\"10m\"}"), "Client");
        answers(200, server.get("/api/clients/mallory"), "Client");
        answers(400, ban("mallory", "{\"for\":\"0s\"}"), "Problem");
        answers(400, subscribed("alice", "{\"topic\":\"a*b\"}"), "Problem");
        answers(404, subscribed("nobody", "{\"topic\":\"news\"}"), "Problem");
        answers(200, server.get("/api/overview"), "Overview");
        answers(200, server.get("/api/settings"), "Settings");
        answers(200, server.get("/api/maintenance"), "Maintenance");
        answers(200, server.get("/api/maintenance/plan"), "DrainPlan");
        answers(409, server.get("/api/logs"), "Problem");
        answers(409, server.post("/api/logs/pause"), "Problem");
        answers(200, server.get("/health"), "NodeHealth");
        answers(200, server.get("/health/live"), "Liveness");
        answers(200, server.get("/health/ready"), "Readiness");
        answers(200, server.get("/version"), "Build");
        answers(200, server.post("/api/messaging/stop"), "Control");
        answers(201, server.append("s", "application/json", "{\"a\":[1]}"), "Appended");
        answers(200, server.get("/api/sessions/s/events"), "EventPage");
        answers(200, server.get("/api/sessions"), "SessionPage");
        answers(409, append("s", "If-Match", "7"), "Problem");
        answers(201, publish("news", "{\"text\":\"x\"}"), "PublishedPlace");
        answers(201, publish("news", "{\"text\":\"x\",\"volatile\":true}"), "PassedOn");
        answers(200, publishSeveral("""
                    {"messages":[{"topic":"news","text":"x"},{"topic":"news","text":"x","volatile":true},
                     {"topic":"news~presence","text":"x"}]}\
                    """), "PublicationOutcomes");
        answers(400, publishSeveral("{\"messages\":[]}"), "Problem");
        answers(200, server.get("/api/topics"), "TopicPage");
        answers(200, server.get("/api/topics/news"), "Topic");
        answers(200, server.get("/api/topics/news/messages"), "TopicMessagePage");
        answers(404, server.get("/api/topics/none"), "Problem");
        answers(400, publish("news", "{}"), "Problem");
        answers(200, server.post("/api/messages/" + server.enqueued(SMS) + "/cancel"), "MessageState");
        answers(200, server.get("/api/messages/" + sent), "Message");
        answers(409, server.post("/api/messages/" + sent + "/cancel"), "Problem");
        answers(400, server.enqueue("{}"), "Problem");
        answers(400, server.enqueue("{"), "Problem");
        answers(404, server.get("/api/messages/x"), "Problem");
        answers(200, action("actions", "{\"action\":\"retry\",\"filter\":{\"state\":\"DEAD\"}}"), "BulkChange");
        String parked = server.enqueued(SMS);
        server.dispatch(new SendResult.Unknown("the provider did not answer"));
        answers(200, action(parked + "/resolve", "{\"outcome\":\"arrived\",\"note\":\"asked\"}"), "MessageState");
        answers(200, server.get("/api/messages/" + parked), "Message");
        answers(409, server.enqueue("{\"to\":\"client:b\",\"body\":\"x\",\"dedupeKey\":\"k\"}"), "Problem");
        server.database.close();
        answers(500, server.get("/api/messages/sent"), "Failure");
        answers(503, server.get("/api/messages"), "Problem");
    }

    @Test
    void everyAnswerAboutBatchesIsAsDocumented() throws Exception {
        String batch = """
                {"id":"019dc3a2-5f7e-7c31-9a52-3a1f0c8e4b77","callback":"topic:news",
                 "messages":[{"to":"sms:+61491570006","body":"x"}]}\
                """;
        answers(201, batch(batch), "CreatedBatch");
        answers(200, batch(batch), "CreatedBatch");
        answers(409, batch(batch.replace("\"x\"", "\"y\"")), "Problem");
        answers(201, batch("{\"messages\":[{\"to\":\"sms:+61491570006\",\"body\":\"x\"}]}"), "CreatedBatch");
        server.dispatch(new SendResult.Rejected("never"));
        answers(200, server.get("/api/batches?limit=1"), "BatchPage");
        answers(200, server.get("/api/batches/019dc3a2-5f7e-7c31-9a52-3a1f0c8e4b77"), "Batch");
        answers(400, server.get("/api/batches?cursor=1"), "Problem");
    }

    private HttpResponse<String> batch(String body) throws Exception {
        return server.send(server.request("/api/batches")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    }

    @Test
    void everyBulkLineIsAsDocumented() throws Exception {
        List<JsonNode> answer = lines(server.post("application/x-ndjson", BodyPublishers.ofString("""
            {"to":"sms:+61491570006","body":"x"}
            {"to":"sms:12","priority":77}
            """)));

        assertThat(violations("BulkLine", answer.get(0))).isEmpty();
        assertThat(violations("BulkLine", answer.get(1))).isEmpty();
        assertThat(violations("BulkSums", answer.get(2))).isEmpty();
    }

    @Test
    void theDocumentRefusesWhatTheServerRefuses() throws Exception {
        for (String message : new String[] {
            "{\"to\":\"client:a\",\"body\":\"x\",\"priority\":10}",
            "{\"to\":\"client:a\",\"body\":\"\"}",
            "{\"body\":\"x\"}",
            "{\"to\":\"client:a\",\"reach\":[{\"to\":\"client:a\"}],\"body\":\"x\"}",
            "{\"reach\":[],\"body\":\"x\"}",
            "{\"to\":\"client:a\",\"body\":\"x\",\"extra\":1}",
            "{\"to\":\"client:a\",\"body\":\"x\",\"headers\":{\"a\":\"b\\r\\nc\"}}",
            "{\"to\":\"client:a\",\"body\":\"x\",\"headers\":{\"a b\":\"c\"}}",
            "{\"to\":\"client:a\",\"body\":\"x\",\"expiresAt\":\"2036-01-02T00:00:00Z\",\"expiresIn\":\"1h\"}",
            "{\"reach\":[{\"to\":\"client:a\",\"within\":null}],\"body\":\"x\"}",
            "{\"to\":\"client:a\",\"body\":\"x\",\"dedupeKey\":\"idempotency-key:1\"}"
        }) {
            assertThat(server.enqueue(message).statusCode()).as(message).isEqualTo(400);
            assertThat(violations("NewMessage", RunningControlPlane.JSON.readTree(message)))
                    .as(message)
                    .isNotEmpty();
        }
    }

    private HttpResponse<String> publish(String topic, String body) throws Exception {
        return server.send(server.request("/api/topics/" + topic + "/messages")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    }

    private HttpResponse<String> publishSeveral(String body) throws Exception {
        return server.send(server.request("/api/topics")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    }

    private HttpResponse<String> subscribed(String client, String body) throws Exception {
        return server.send(server.request("/api/clients/" + client + "/topics")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    }

    private HttpResponse<String> ban(String client, String body) throws Exception {
        return server.send(server.request("/api/clients/" + client + "/ban")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    }

    private HttpResponse<String> append(String session, String header, String value) throws Exception {
        return server.send(server.request("/api/sessions/" + session + "/events")
                .header("Content-Type", "application/json")
                .header("Event-Headers", "{\"a\":\"b\"}")
                .header(header, value)
                .POST(BodyPublishers.ofString("1")));
    }

    private HttpResponse<String> action(String path, String body) throws Exception {
        return server.send(server.request("/api/messages/" + path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    }

    @Test
    void everyOperationTellsWhatEveryOperationCanRefuseWith() {
        JsonNode responses = document.at("/paths/~1api~1messages/post/responses");
        assertThat(responses.propertyNames())
                .contains("400", "401", "403", "405", "408", "409", "413", "415", "422", "429", "431", "500", "503");
        assertThat(document.at("/paths/~1health/get/responses").propertyNames()).doesNotContain("401", "415");
    }

    @Test
    void theDocumentRefusesBulkActionsThatTheServerRefuses() throws Exception {
        for (String action : new String[] {
            "{\"action\":\"cancel\"}",
            "{\"action\":\"cancel\",\"filter\":{\"state\":\"SENT\"}}",
            "{\"action\":\"resolve\"}",
            "{\"action\":\"resolve\",\"outcome\":\"arrived\",\"filter\":{\"state\":\"DEAD\"}}",
            "{\"action\":\"retry\",\"outcome\":\"retry\",\"filter\":{\"state\":\"DEAD\"}}"
        }) {
            assertThat(action("actions", action).statusCode()).as(action).isEqualTo(400);
            assertThat(violations("BulkAction", RunningControlPlane.JSON.readTree(action)))
                    .as(action)
                    .isNotEmpty();
        }
    }

    private HttpResponse<String> answers(int status, HttpResponse<String> response, String schema) {
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(violations(schema, json(response))).as(response.body()).isEmpty();
        return response;
    }

    private List<Error> violations(String schema, JsonNode value) {
        return schemas.getSchema(SchemaLocation.of(BASE + "#/components/schemas/" + schema))
                .validate(value);
    }
}
