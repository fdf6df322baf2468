package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.testing.services.SmallDisk;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A server whose database has no space left says so everywhere, once in its log, and goes on when there is space again. */
class ServerDiskFullTest {
    private static final String MESSAGE = "{\"to\":\"client:alice\",\"body\":\"%s\"}".formatted("x".repeat(60_000));

    @TempDir
    private Path folder;

    @Test
    void aFullDiskIsDownRefusesMessagesAndIsOverWhenThereIsSpace() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), 8);
                ServerProcess server = ServerProcess.start(
                                folder.resolve("data"),
                                List.of("database.url=sqlite:" + disk.path().resolve("signalbox.db")))
                        .awaitReady()) {
            assertThat(enqueue(server).statusCode()).isEqualTo(202);

            disk.fill();
            soon().untilAsserted(() -> assertDown(server));
            assertRefusedInWords(server);
            assertStaysDown(server);

            disk.free();
            soon().untilAsserted(() ->
                    assertThat(server.get("/health/ready").statusCode()).isEqualTo(200));
            assertThat(server.get("/health").body()).contains("\"healthy\"").doesNotContain("reasons");
            soon().untilAsserted(() -> assertThat(enqueue(server).statusCode()).isEqualTo(202));
            soon().untilAsserted(() -> assertThat(server.output()).contains("database is UP again"));

            assertThat(lines(server, "database is DOWN"))
                    .singleElement()
                    .asString()
                    .contains("no space left");
            assertThat(lines(server, "database is UP again")).hasSize(1);
            assertThat(lines(server, "Requests are refused")).hasSizeLessThanOrEqualTo(1);
            assertThat(lines(server, "delivery stops")).hasSizeLessThanOrEqualTo(1);
            assertThat(lines(server, "delivery resumes")).hasSameSizeAs(lines(server, "delivery stops"));
            assertThat(server.stop()).isZero();
        }
    }

    private static void assertDown(ServerProcess server) throws Exception {
        var health = server.get("/health");
        assertThat(health.statusCode()).as(health.body()).isEqualTo(503);
        assertThat(json(health).path("dependencies").path("database").asString())
                .isEqualTo("unhealthy");
        assertThat(json(health).path("reasons").path("database").asString()).contains("no space left");
        var ready = server.get("/health/ready");
        assertThat(ready.statusCode()).isEqualTo(503);
        assertThat(json(ready).path("components").path("database").asString()).isEqualTo("DOWN");
        assertThat(json(ready).path("reasons").path("database").asString())
                .contains("no space left", "Free some space");
        assertThat(server.get("/health/live").statusCode()).isEqualTo(200);
    }

    /** What is left in the write-ahead log may take a message or two more. */
    private static void assertRefusedInWords(ServerProcess server) {
        soon().untilAsserted(() -> {
            var refused = enqueue(server);
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            assertThat(json(refused).path("detail").asString()).contains("no space left");
        });
        soon().untilAsserted(() -> {
            var bulk = server.post("/api/messages", "application/x-ndjson", (MESSAGE + "\n").repeat(50));
            assertThat(bulk.body()).contains("could not store");
        });
    }

    /** Reads still work on a full disk; nothing may take them for a recovery. */
    private static void assertStaysDown(ServerProcess server) {
        Awaitility.await()
                .pollInterval(Duration.ofMillis(200))
                .during(Duration.ofSeconds(6))
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> {
                    assertDown(server);
                    assertThat(server.get("/api/messages").statusCode()).isEqualTo(200);
                });
    }

    private static HttpResponse<String> enqueue(ServerProcess server) throws Exception {
        return server.post("/api/messages", "application/json", MESSAGE);
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return JsonMapper.shared().readTree(answer.body());
    }

    private static List<String> lines(ServerProcess server, String words) throws Exception {
        return server.output().lines().filter(line -> line.contains(words)).toList();
    }

    private static ConditionFactory soon() {
        return Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(100));
    }
}
