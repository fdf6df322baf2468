package dev.signalbox.server.sessions;

import static dev.signalbox.server.node.RunningControlPlane.errors;
import static dev.signalbox.server.node.RunningControlPlane.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.server.node.RunningControlPlane;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Sessions are listed and removed over REST. */
class SessionListTest {
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
    void sessionsAreListedPageByPage() throws Exception {
        assertThat(json(server.get("/api/sessions")).path("items")).isEmpty();
        for (String session : List.of("a", "b%2Froom", "c", "d", "e")) {
            append(session);
        }
        List<String> names = new ArrayList<>();
        JsonNode page = json(server.get("/api/sessions?limit=2"));
        names(page, names);
        for (; page.has("next"); names(page, names)) {
            assertThat(page.path("items")).hasSize(2);
            page = json(server.get("/api/sessions?limit=2&after="
                    + page.path("next").stringValue().replace("/", "%2F")));
        }
        assertThat(names).containsExactly("a", "b/room", "c", "d", "e");
    }

    private static void names(JsonNode page, List<String> names) {
        page.path("items").forEach(item -> names.add(item.path("id").stringValue()));
    }

    @Test
    void wrongParametersAreNamed() throws Exception {
        assertThat(errors(server.get("/api/sessions?limit=501&cursor=a")))
                .containsExactlyInAnyOrder("limit: must be 1 to 500", "cursor: is not a parameter of this path");
        assertThat(errors(server.get("/api/sessions?after=a%20b")))
                .containsExactly("after: must be the name of a session");
    }

    @Test
    void aDeletedSessionIsGoneAndBeginsAnew() throws Exception {
        long before = append("a/room");
        append("other");
        assertThat(delete("a/room", "admin").statusCode()).isEqualTo(204);
        assertThat(json(server.get("/api/sessions")).path("items")).hasSize(1);
        assertThat(json(server.get("/api/sessions/a/room/events")).path("events"))
                .isEmpty();
        assertThat(delete("a/room", "admin").statusCode()).isEqualTo(404);
        assertThat(append("a/room")).isGreaterThan(before);
    }

    @Test
    void onlyAnAdminDeletes() throws Exception {
        append("s");
        assertThat(delete("s", "sender").statusCode()).isEqualTo(403);
        assertThat(json(server.get("/api/sessions")).path("items")).hasSize(1);
    }

    /** One character too many must not remove a session of another name. */
    @Test
    void theEventsOfASessionAreNotDeletedAsIfTheyWereOne() throws Exception {
        append("s");
        append("s%2Fevents");
        HttpResponse<String> refused = delete("s/events", "admin");
        assertThat(refused.statusCode()).isEqualTo(405);
        assertThat(refused.headers().firstValue("Allow")).hasValue("GET, HEAD, POST");
        assertThat(delete("s%2Fevents", "admin").statusCode()).isEqualTo(204);
        assertThat(json(server.get("/api/sessions")).path("items")).hasSize(1);
    }

    private long append(String session) throws Exception {
        HttpResponse<String> answer = server.append(session, "application/json", "1");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return json(answer).path("offset").longValue();
    }

    private HttpResponse<String> delete(String session, String token) throws Exception {
        return server.send(server.request("/api/sessions/" + session)
                .setHeader("Authorization", "Bearer " + token)
                .DELETE());
    }
}
