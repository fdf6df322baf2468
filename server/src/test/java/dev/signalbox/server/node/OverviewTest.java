package dev.signalbox.server.node;

import static dev.signalbox.server.node.RunningControlPlane.SMS;
import static dev.signalbox.server.node.RunningControlPlane.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.delivery.queue.SendResult;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class OverviewTest {
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
    void itCountsByStateAndTellsTheCallersRole() throws Exception {
        server.enqueued(SMS);
        server.connect("alice");

        JsonNode overview = json(server.get("/api/overview"));
        assertThat(overview.get("counts").get("byState").get("PENDING").intValue())
                .isEqualTo(1);
        assertThat(overview.get("clients").intValue()).isEqualTo(1);
        assertThat(overview.get("role").stringValue()).isEqualTo("ADMIN");
        assertThat(overview.get("dispatch").stringValue()).isEqualTo("PAUSED");
        assertThat(overview.get("stale").booleanValue()).isFalse();
    }

    @Test
    void acceptedMessagesShowInTheRates() throws Exception {
        server.enqueued(SMS);

        await().untilAsserted(() -> assertThat(
                        sum(json(server.get("/api/overview")).get("perSecond").get("accepted")))
                .isEqualTo(1));
    }

    private static int sum(JsonNode numbers) {
        return numbers.values().stream().mapToInt(JsonNode::intValue).sum();
    }

    @Test
    void aQueueThatIsGoneMakesItStaleButNotSilent() throws Exception {
        server.database.close();

        var overview = server.get("/api/overview");
        assertThat(overview.statusCode()).isEqualTo(200);
        assertThat(json(overview).get("stale").booleanValue()).isTrue();
    }

    @Test
    void clientsAreListedInPages() throws Exception {
        IntStream.range(0, 5).forEach(i -> server.connect("client-" + Math.min(i, 3)));

        JsonNode first = json(server.get("/api/clients?limit=3"));
        assertThat(first.get("total").intValue()).isEqualTo(5);
        assertThat(first.get("items").size()).isEqualTo(3);
        JsonNode second = json(
                server.get("/api/clients?limit=3&cursor=" + first.get("next").stringValue()));
        assertThat(second.get("items").values())
                .extracting(client -> client.get("id").stringValue())
                .as("two sessions of one client")
                .containsExactly("client-3", "client-3");
        assertThat(second.get("items").values())
                .extracting(client -> client.get("session").stringValue())
                .doesNotHaveDuplicates();
        assertThat(second.has("next")).isFalse();
    }

    @Test
    void metricsTellWhatPrometheusAsksFor() throws Exception {
        server.enqueued(SMS);
        server.dispatch(new SendResult.Accepted(Optional.of("provider-1")));
        server.enqueued(SMS);
        server.get("/api/messages/unknown");

        await().untilAsserted(() -> assertThat(server.get("/metrics").body())
                .contains("signalbox_messages_accepted_total 2.0")
                .contains("signalbox_attempts_seconds_count{channel=\"sms\",result=\"accepted\"} 1")
                .contains("signalbox_messages_ended_total{channel=\"sms\",state=\"sent\"} 1.0")
                .contains("signalbox_queue_depth{state=\"pending\"} 1.0")
                .contains("signalbox_clients_connected 0.0")
                .contains(
                        "signalbox_http_requests_seconds_count{method=\"GET\",route=\"/api/messages/{id}\",status=\"404\"} 1")
                .contains("jvm_memory_used_bytes"));
    }
}
