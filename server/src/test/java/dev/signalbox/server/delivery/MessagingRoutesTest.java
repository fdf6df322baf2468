package dev.signalbox.server.delivery;

import static dev.signalbox.server.node.RunningControlPlane.SMS;
import static dev.signalbox.server.node.RunningControlPlane.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.server.node.Health;
import dev.signalbox.server.node.RunningControlPlane;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The exact answers that scripts written for go-message-dispatcher look at. */
class MessagingRoutesTest {
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
    void startAndStopAreIdempotentAndTellTheDifference() throws Exception {
        assertThat(server.post("/api/messaging/stop").body())
                .isEqualTo("{\"status\":\"stopped\",\"message\":\"Message processing is not running\"}");
        assertThat(server.post("/api/messaging/start").body())
                .isEqualTo("{\"status\":\"started\",\"message\":\"Message processing started successfully\"}");
        assertThat(server.post("/api/messaging/start").body())
                .isEqualTo("{\"status\":\"running\",\"message\":\"Message processing is already running\"}");
        assertThat(server.post("/api/messaging/stop").body())
                .isEqualTo("{\"status\":\"stopped\",\"message\":\"Message processing stopped successfully\"}");
    }

    @Test
    void aFailedStartIsToldInItsOldShape() throws Exception {
        server.dispatcher.close();

        var failed = server.post("/api/messaging/start");
        assertThat(failed.statusCode()).isEqualTo(500);
        assertThat(json(failed).get("error").stringValue()).isEqualTo("start_failed");
        assertThat(json(failed).propertyNames()).containsExactly("error", "message");
    }

    @Test
    void sentMessagesHaveTheirOldShapeAndComeInPages() throws Exception {
        String first = sent("provider-1");
        String second = sent("provider-2");
        server.enqueued(SMS);

        var page = server.get("/api/messages/sent?limit=1");
        JsonNode message = json(page).get("messages").get(0);
        assertThat(message.propertyNames())
                .containsExactly("id", "phone_number", "content", "sent", "created_at", "message_id", "cached_at");
        assertThat(message.get("id").stringValue()).isEqualTo(second);
        assertThat(message.get("phone_number").stringValue()).isEqualTo("+61491570006");
        assertThat(message.get("content").stringValue()).isEqualTo("hello");
        assertThat(message.get("sent").booleanValue()).isTrue();
        assertThat(message.get("message_id").stringValue()).isEqualTo("provider-2");
        assertThat(json(page).get("total").intValue()).isEqualTo(2);
        String link = page.headers().firstValue("Link").orElseThrow();
        assertThat(link).endsWith(">; rel=\"next\"");
        assertThat(server.get(link.substring(1, link.indexOf('>'))).body()).contains(first);
    }

    private String sent(String providerId) throws Exception {
        String id = server.enqueued(SMS);
        server.dispatch(new SendResult.Accepted(Optional.of(providerId)));
        return id;
    }

    @Test
    void aListThatFailsIsToldInItsOldShape() throws Exception {
        server.database.close();

        var failed = server.get("/api/messages/sent");
        assertThat(failed.statusCode()).isEqualTo(500);
        assertThat(failed.body())
                .isEqualTo("{\"error\":\"retrieval_failed\",\"message\":\"Failed to retrieve sent messages\"}");
    }

    @Test
    void healthHasItsOldShape() throws Exception {
        var healthy = json(server.get("/health"));

        assertThat(healthy.propertyNames()).containsExactly("status", "processing_status", "version", "dependencies");
        assertThat(healthy.get("status").stringValue()).isEqualTo("healthy");
        assertThat(healthy.get("processing_status").stringValue()).isEqualTo("stopped");
        assertThat(healthy.get("version").propertyNames()).containsExactly("version", "build_time", "git_commit");
        assertThat(healthy.get("dependencies").get("database").stringValue()).isEqualTo("healthy");
        assertThat(healthy.get("dependencies").get("redis").stringValue()).isEqualTo("not_configured");
        assertThat(server.get("/version").body())
                .isEqualTo(healthy.get("version").toString());
    }

    @Test
    void aComponentThatIsDegradedShowsAndHealthStaysAvailable() throws Exception {
        server.health("redis", Health.Report.degraded("gone"));
        var degraded = server.get("/health");
        assertThat(degraded.statusCode()).isEqualTo(200);
        assertThat(json(degraded).get("status").stringValue()).isEqualTo("degraded");
        assertThat(json(degraded).get("dependencies").get("redis").stringValue())
                .isEqualTo("unhealthy");
    }

    @Test
    void aDatabaseThatIsDownMakesHealthAndReadinessUnavailable() throws Exception {
        server.health("database", Health.Report.down("gone"));

        var health = server.get("/health");
        assertThat(health.statusCode()).isEqualTo(503);
        assertThat(json(health).get("reasons").get("database").stringValue()).isEqualTo("gone");
        assertThat(server.get("/health/ready").statusCode()).isEqualTo(503);
        assertThat(server.get("/health/live").statusCode()).isEqualTo(200);
    }
}
