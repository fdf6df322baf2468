package dev.signalbox.server.sessions;

import static dev.signalbox.server.node.RunningControlPlane.errors;
import static dev.signalbox.server.node.RunningControlPlane.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.server.node.RunningControlPlane;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Appends over REST with headers, a key, or a condition. */
class SessionAppendTest {
    private static final String JSON = "application/json";
    private static final String LINES = "application/x-ndjson";

    @TempDir
    Path folder;

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
    void headersComeWithTheirEvent() throws Exception {
        String headers = "{\"trace\": \"7\", \"caf\\u00e9\": \"\"}";
        assertThat(append(JSON, "1", Map.of("Event-Headers", headers)).statusCode())
                .isEqualTo(201);
        assertThat(append(LINES, "2\n3\n", Map.of("Event-Headers", "{\"trace\":\"8\"}"))
                        .statusCode())
                .isEqualTo(201);
        append(JSON, "4", Map.of());
        JsonNode events = events();
        assertThat(events.path(0).path("headers").path("trace").stringValue()).isEqualTo("7");
        assertThat(events.path(0).path("headers").path("café").stringValue()).isEmpty();
        assertThat(events.path(1).path("headers").toString()).isEqualTo("{\"trace\":\"8\"}");
        assertThat(events.path(2).path("headers").toString()).isEqualTo("{\"trace\":\"8\"}");
        assertThat(events.path(3).has("headers")).isFalse();
    }

    @Test
    void theSameKeyAppendsOnce() throws Exception {
        Map<String, String> key = Map.of("Idempotency-Key", "\"order-7\"");
        long first = json(append(JSON, "{\"order\": 7}", key)).path("offset").longValue();
        assertThat(json(append(JSON, "{\"order\":7}", key)).path("offset").longValue())
                .isEqualTo(first);
        HttpResponse<String> different = append(JSON, "{\"order\":8}", key);
        assertThat(different.statusCode()).isEqualTo(422);
        assertThat(different.body()).contains("was used for event " + first);
        assertThat(events()).hasSize(1);

        HttpRequest.Builder another = request(JSON, "{\"order\":9}").setHeader("Authorization", "Bearer sender");
        assertThat(server.send(another.header("Idempotency-Key", "order-7")).statusCode())
                .as("of another holder")
                .isEqualTo(201);
    }

    @Test
    void anEventIsAppendedWhereTheSessionIsExpectedToEnd() throws Exception {
        Map<String, String> fresh = Map.of("If-None-Match", "*");
        HttpResponse<String> first = append(JSON, "1", fresh);
        long offset = json(first).path("offset").longValue();
        assertThat(first.headers().firstValue("ETag")).hasValue("\"" + offset + "\"");
        assertThat(append(JSON, "2", fresh).statusCode()).isEqualTo(409);
        String tag = first.headers().firstValue("ETag").orElseThrow();
        assertThat(append(JSON, "2", Map.of("If-Match", tag)).statusCode()).isEqualTo(201);

        HttpResponse<String> conflict = append(JSON, "3", Map.of("If-Match", tag));
        assertThat(conflict.statusCode()).isEqualTo(409);
        assertThat(json(conflict).path("last").longValue()).isEqualTo(offset + 1);
        assertThat(json(conflict).path("detail").stringValue()).contains("where " + offset + " was expected");
        String id = events().path(1).path("id").stringValue();
        String lost = id.replaceFirst("-.*", "-" + "7".repeat(32));
        assertThat(append(JSON, "3", Map.of("If-Match", lost)).statusCode()).isEqualTo(409);
        assertThat(append(JSON, "3", Map.of("If-Match", "\"" + id + "\"")).statusCode())
                .isEqualTo(201);
        assertThat(events()).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            Event-Headers   | {"a": 1}  | has a value for a that is not a string
            Event-Headers   | ["a"]     | must be a JSON object of strings, such as {"trace": "7"}
            Event-Headers   | {"a       | is not JSON
            Event-Headers   | {"": "a"} | length of a header's name
            Idempotency-Key | a b       | must be 1 to 255 visible ASCII characters
            If-Match        | *         | must be the id or the offset of the session's last event
            If-Match        | W/"7"     | must be the id or the offset of the session's last event
            If-None-Match   | "7"       | must be *: the session must not exist yet
            """)
    void aWrongHeaderIsNamed(String header, String value, String mend) throws Exception {
        HttpResponse<String> refused = append(JSON, "1", Map.of(header, value));
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
        assertThat(errors(refused))
                .singleElement()
                .asString()
                .startsWith(header + ": ")
                .contains(mend);
        assertThat(events()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"Idempotency-Key,k", "If-Match,7", "If-None-Match,*"})
    void whatIsForOneEventIsRefusedForMany(String header, String value) throws Exception {
        assertThat(errors(append(LINES, "1\n2\n", Map.of(header, value))))
                .containsExactly(header + ": is for one event as application/json; leave it out for many");
        assertThat(events()).isEmpty();
    }

    @Test
    void aLineThatIsTooLargeIsNamed() throws Exception {
        HttpResponse<String> refused = append(LINES, "1\n\"" + "x".repeat(70_000) + "\"\n3\n", Map.of());
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(json(refused).path("line").intValue()).isEqualTo(2);
        assertThat(json(refused).path("appended").intValue()).isEqualTo(1);
    }

    private HttpRequest.Builder request(String type, String body) {
        return server.request("/api/sessions/s/events")
                .header("Content-Type", type)
                .POST(BodyPublishers.ofString(body));
    }

    private HttpResponse<String> append(String type, String body, Map<String, String> headers) throws Exception {
        HttpRequest.Builder request = request(type, body);
        headers.forEach(request::header);
        return server.send(request);
    }

    private JsonNode events() throws Exception {
        return json(server.get("/api/sessions/s/events")).path("events");
    }
}
