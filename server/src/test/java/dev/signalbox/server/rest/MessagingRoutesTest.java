package dev.signalbox.server.rest;

import static dev.signalbox.server.rest.RunningControlPlane.SMS;
import static dev.signalbox.server.rest.RunningControlPlane.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.DeliveryQueue.Attempt;
import dev.signalbox.delivery.queue.State;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The exact answers that scripts written for go-message-dispatcher look at. */
class MessagingRoutesTest {
    private final MemoryQueue queue = new MemoryQueue();
    private final RunningControlPlane server = new RunningControlPlane(queue);

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void startAndStopAreIdempotentAndTellTheDifference() throws Exception {
        assertThat(server.post("/api/messaging/start").body())
                .isEqualTo("{\"status\":\"running\",\"message\":\"Message processing is already running\"}");
        assertThat(server.post("/api/messaging/stop").body())
                .isEqualTo("{\"status\":\"stopped\",\"message\":\"Message processing stopped successfully\"}");
        assertThat(server.post("/api/messaging/stop").body())
                .isEqualTo("{\"status\":\"stopped\",\"message\":\"Message processing is not running\"}");
        assertThat(server.post("/api/messaging/start").body())
                .isEqualTo("{\"status\":\"started\",\"message\":\"Message processing started successfully\"}");
    }

    @Test
    void aFailedStopIsToldInItsOldShape() throws Exception {
        server.dispatcher.broken = true;

        var failed = server.post("/api/messaging/stop");
        assertThat(failed.statusCode()).isEqualTo(500);
        assertThat(failed.body()).isEqualTo("{\"error\":\"stop_failed\",\"message\":\"no senders\"}");
    }

    @Test
    void sentMessagesHaveTheirOldShapeAndComeInPages() throws Exception {
        UUID first = sent("provider-1");
        UUID second = sent("provider-2");
        server.enqueued(SMS);

        var page = server.get("/api/messages/sent?limit=1");
        assertThat(page.body())
                .startsWith("{\"messages\":[{\"id\":\"" + second + "\",\"phone_number\":\"+61491570006\","
                        + "\"content\":\"hello\",\"sent\":true,\"created_at\":\"");
        assertThat(page.body())
                .endsWith("\",\"message_id\":\"provider-2\",\"cached_at\":\"2026-11-21T09:00:00Z\"}],\"total\":2}");
        String link = page.headers().firstValue("Link").orElseThrow();
        assertThat(link).endsWith(">; rel=\"next\"");
        var rest = server.get(link.substring(1, link.indexOf('>')));
        assertThat(rest.body()).contains(first.toString());
        assertThat(rest.headers().firstValue("Link")).isEmpty();
    }

    private UUID sent(String providerId) throws Exception {
        UUID id = UUID.fromString(server.enqueued(SMS));
        queue.end(
                id,
                State.SENT,
                new Attempt(
                        1,
                        0,
                        Channel.SMS,
                        "+61491570006",
                        State.SENT,
                        "accepted",
                        Optional.of(providerId),
                        Optional.empty(),
                        Instant.parse("2026-11-21T09:00:00Z"),
                        12));
        return id;
    }

    @Test
    void aListThatFailsIsToldInItsOldShape() throws Exception {
        queue.broken = true;

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
        assertThat(healthy.get("processing_status").stringValue()).isEqualTo("running");
        assertThat(healthy.get("version").toString())
                .isEqualTo(
                        "{\"version\":\"1.2.3\",\"build_time\":\"2026-11-21T00:00:00Z\",\"git_commit\":\"abc1234\"}");
        assertThat(healthy.get("dependencies").get("database").stringValue()).isEqualTo("healthy");
        assertThat(healthy.get("dependencies").get("redis").stringValue()).isEqualTo("not_configured");
        assertThat(server.get("/version").body())
                .isEqualTo(healthy.get("version").toString());
    }

    @Test
    void onlyADatabaseThatIsDownMakesHealthUnavailable() throws Exception {
        server.health = new Health.Report(Map.of("database", Health.UP, "redis", Health.DOWN), true);
        var degraded = server.get("/health");
        assertThat(degraded.statusCode()).isEqualTo(200);
        assertThat(json(degraded).get("status").stringValue()).isEqualTo("degraded");
        assertThat(json(degraded).get("dependencies").get("redis").stringValue())
                .isEqualTo("unhealthy");
    }

    @Test
    void aDatabaseThatIsDownMakesHealthAndReadinessUnavailable() throws Exception {
        server.health = new Health.Report(Map.of("database", Health.DOWN), false);

        assertThat(server.get("/health").statusCode()).isEqualTo(503);
        assertThat(server.get("/health/ready").statusCode()).isEqualTo(503);
        assertThat(server.get("/health/live").statusCode()).isEqualTo(200);
    }
}
