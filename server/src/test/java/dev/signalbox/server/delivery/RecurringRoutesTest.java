package dev.signalbox.server.delivery;

import static dev.signalbox.server.node.RunningControlPlane.SMS;
import static dev.signalbox.server.node.RunningControlPlane.errors;
import static dev.signalbox.server.node.RunningControlPlane.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.delivery.queue.RecurringMessage;
import dev.signalbox.delivery.queue.RecurringMessages;
import dev.signalbox.server.node.RunningControlPlane;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class RecurringRoutesTest {
    private static final String MESSAGE = "{\"to\":\"" + SMS + "\",\"body\":\"Stand-up\",\"expiresIn\":\"1h\"}";

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

    private HttpResponse<String> put(String name, String cron, String message) throws Exception {
        String body = "{\"name\":\"" + name + "\",\"cron\":\"" + cron + "\",\"timeZone\":\"Europe/Berlin\",\"message\":"
                + message + "}";
        return post(body);
    }

    private HttpResponse<String> post(String body) throws Exception {
        return server.send(server.request("/api/recurring")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    }

    @Test
    void oneIsAddedShownReplacedAndRemoved() throws Exception {
        var added = put("standup", "30 9 * * mon-fri", MESSAGE);
        assertThat(added.statusCode()).isEqualTo(201);
        assertThat(added.headers().firstValue("Location")).contains("/api/recurring/standup");
        JsonNode shown = json(server.get("/api/recurring/standup"));
        assertThat(shown.get("cron").stringValue()).isEqualTo("30 9 * * mon-fri");
        assertThat(shown.get("timeZone").stringValue()).isEqualTo("Europe/Berlin");
        assertThat(shown.get("message").toString()).isEqualTo(MESSAGE);
        assertThat(Instant.parse(shown.get("nextAt").stringValue()))
                .isAfter(server.database.clock().instant());

        put("standup", "@daily", MESSAGE);
        JsonNode all = json(server.get("/api/recurring")).get("items");
        assertThat(all).hasSize(1);
        assertThat(all.get(0).get("cron").stringValue()).isEqualTo("@daily");

        assertThat(server.send(server.request("/api/recurring/standup").DELETE())
                        .statusCode())
                .isEqualTo(204);
        assertThat(server.get("/api/recurring/standup").statusCode()).isEqualTo(404);
        assertThat(server.send(server.request("/api/recurring/standup").DELETE())
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void whatIsWrongIsToldByField() throws Exception {
        assertThat(errors(put("a b", "60 * * * *", "{\"to\":\"sms:12\",\"body\":\"x\"}")))
                .containsExactlyInAnyOrder(
                        "cron: cron has a minute that cannot be: '60'", "message.to: '12' is not a phone number");
        assertThat(put("a b", "@daily", MESSAGE).statusCode()).isEqualTo(400);
        assertThat(errors(put(
                        "a",
                        "@daily",
                        "{\"to\":\"" + SMS + "\",\"body\":\"x\",\"at\":\"2040-01-01T00:00:00Z\",\"id\":\"x\"}")))
                .containsExactly(
                        "message.at: belongs to a single message; leave it out",
                        "message.id: belongs to a single message; leave it out");
        assertThat(errors(post("{\"when\":1}")))
                .contains("name: is required", "message: is required: what to enqueue each time")
                .anySatisfy(error -> assertThat(error).startsWith("cron: is required"))
                .anySatisfy(error -> assertThat(error).startsWith("when: is not a field"));
        assertThat(json(server.get("/api/recurring")).get("items")).isEmpty();
    }

    @Test
    void onlyAdminsAddAndRemove() throws Exception {
        put("standup", "@daily", MESSAGE);
        for (var request : new java.net.http.HttpRequest.Builder[] {
            server.request("/api/recurring")
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString("{}")),
            server.request("/api/recurring/standup").DELETE()
        }) {
            assertThat(server.send(request.setHeader("Authorization", "Bearer sender"))
                            .statusCode())
                    .isEqualTo(403);
        }
    }

    @Test
    void theMessageIsReadAnewForEachTime() throws Exception {
        put("standup", "@daily", MESSAGE);
        RecurringMessage due =
                RecurringMessages.of(server.queue).find("standup").orElseThrow();
        var reader = new RecurringReader(
                new ReachReader(server.node.channels(), 3, server.database.clock(), server.node.preparation()));
        assertThat(reader.read(due).expiresAt().orElseThrow())
                .isAfter(server.database.clock().instant());
        assertThat(reader.read(due).id()).isNotEqualTo(reader.read(due).id());
    }
}
