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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class LaneRoutesTest {
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
        return server.send(server.request("/api/lanes/" + path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    }

    private JsonNode lane(String channel) throws Exception {
        for (JsonNode lane : json(server.get("/api/lanes")).path("items")) {
            if (lane.path("channel").asString("").equals(channel)) {
                return lane;
            }
        }
        throw new AssertionError("no lane " + channel);
    }

    @Test
    void aPausedChannelIsNotSentUntilItIsResumed() throws Exception {
        server.enqueued(SMS);
        JsonNode pause = json(post("pause", "{\"channel\":\"sms\",\"note\":\"line works\"}"));
        assertThat(pause.path("channel").asString()).isEqualTo("sms");
        assertThat(pause.path("actor").asString()).isEqualTo("admin");
        assertThat(pause.path("note").asString()).isEqualTo("line works");

        server.dispatch(new SendResult.Accepted(Optional.empty()));
        assertThat(lane("sms").path("due").asInt()).isEqualTo(1);
        assertThat(lane("sms").path("pause")).isEqualTo(pause);
        assertThat(json(server.get("/api/lanes")).path("pauses").path(0)).isEqualTo(pause);

        assertThat(json(post("resume", "{\"channel\":\"sms\"}")).path("resumed").asBoolean())
                .isTrue();
        server.dispatch(new SendResult.Accepted(Optional.empty()));
        assertThat(lane("sms").path("due").asInt()).isZero();
        assertThat(lane("sms").has("pause")).isFalse();
    }

    @Test
    void withoutAChannelAllArePaused() throws Exception {
        server.enqueued(SMS);
        JsonNode pause = json(server.post("/api/lanes/pause"));
        assertThat(pause.has("channel")).isFalse();
        assertThat(lane("sms").path("pause")).isEqualTo(pause);
        assertThat(json(post("resume", "{\"channel\":\"sms\"}")).path("resumed").asBoolean())
                .isFalse();
        assertThat(json(server.post("/api/lanes/resume")).path("resumed").asBoolean())
                .isTrue();
        assertThat(json(server.get("/api/lanes")).path("pauses")).isEmpty();
    }

    @Test
    void wrongRequestsAreToldByField() throws Exception {
        assertThat(errors(post("pause", "{\"channel\":\"S M S\",\"note\":\"\"}")))
                .anySatisfy(error -> assertThat(error).startsWith("channel: must be the name of a channel"))
                .anySatisfy(error -> assertThat(error).startsWith("note: "));
        assertThat(errors(post("resume", "{\"note\":\"x\"}"))).containsExactly("note: is not a field of this request");
        assertThat(json(server.get("/api/lanes")).path("pauses")).isEmpty();
    }

    @Test
    void metricsTellThePauseOfEachChannel() throws Exception {
        post("pause", "{\"channel\":\"sms\"}");
        assertThat(server.get("/metrics").body())
                .contains("signalbox_lane_paused{channel=\"sms\"} 1.0")
                .contains("signalbox_lane_due{channel=\"sms\"} 0.0");
    }
}
