package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.database.Database;
import dev.signalbox.database.DatabaseConfig;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.MessageBatch;
import dev.signalbox.delivery.queue.MessageBatches;
import dev.signalbox.testing.services.Effort;
import dev.signalbox.testing.services.RealPostgres;
import dev.signalbox.testing.simulator.SmsSimulator;
import dev.signalbox.testing.simulator.SmsSimulatorOptions;
import dev.signalbox.testing.simulator.WebhookSimulator;
import dev.signalbox.testing.simulator.WebhookSimulatorMessage;
import dev.signalbox.testing.simulator.WebhookSimulatorOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * SIGKILL when a batch has ended and nobody has been told. The server that starts next tells, and each owner hears of each batch once.
 * Between the two lies up to a second, so nearly every round kills there; the database says afterwards which did.
 */
class ServerBatchCrashTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int ROUNDS = Effort.of(3, 50);

    /** On a busy machine the telling may come before the kill, round after round. */
    private static final int MOST_ROUNDS = 4 * ROUNDS;

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir
    Path folder;

    @Test
    void aBatchThatEndedBeforeACrashIsToldOfAfterItOnSqlite() throws Exception {
        killBeforeTelling("sqlite:" + folder.resolve("signalbox.db"));
    }

    @Test
    void aBatchThatEndedBeforeACrashIsToldOfAfterItOnPostgresql() throws Exception {
        killBeforeTelling(RealPostgres.shared().freshDatabase());
    }

    private void killBeforeTelling(String database) throws Exception {
        List<UUID> batches = new ArrayList<>();
        int untold = 0;
        try (var provider = SmsSimulator.start(SmsSimulatorOptions.defaults());
                var owner = WebhookSimulator.start(WebhookSimulatorOptions.defaults())) {
            List<String> settings = Stream.concat(
                            Messages.settings(provider).stream(),
                            Stream.of(
                                    "database.url=" + database,
                                    "delivery.webhook.allow-ranges=127.0.0.0/8",
                                    "delivery.webhook.plain-http=true"))
                    .toList();
            for (int round = 0; round < ROUNDS || (untold == 0 && round < MOST_ROUNDS); round++) {
                UUID batch = UUID.randomUUID();
                batches.add(batch);
                try (ServerProcess server =
                        ServerProcess.start(folder, settings).awaitReady()) {
                    if (round == 0) {
                        addOwner(server, owner);
                    }
                    create(server, batch);
                    awaitEnd(server, batch);
                    server.kill();
                }
                untold += stored(database, batch).toldBy().isEmpty() ? 1 : 0;
            }
            assertThat(untold).as("rounds that killed between end and telling").isPositive();
            finishAndCheck(settings, database, owner, batches);
        }
    }

    private static void addOwner(ServerProcess server, WebhookSimulator owner) throws Exception {
        String endpoint = "{\"id\": \"owner\", \"url\": \"" + owner.url("/batches") + "\"}";
        assertThat(server.post("/api/webhooks/endpoints", "application/json", endpoint)
                        .statusCode())
                .isEqualTo(201);
    }

    private static void create(ServerProcess server, UUID batch) throws Exception {
        String body = """
                {"id": "%s", "callback": "webhook:owner", "messages": [
                    {"to": "sms:+61491570006", "body": "one of %s"}, {"to": "sms:+61491570110", "body": "two of %s"}]}
                """.formatted(batch, batch, batch);
        assertThat(server.post("/api/batches", "application/json", body).statusCode())
                .isEqualTo(201);
    }

    private static void awaitEnd(ServerProcess server, UUID batch) {
        Awaitility.await("the batch to end")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> {
                    JsonNode shown =
                            JSON.readTree(server.get("/api/batches/" + batch).body());
                    return shown.has("completedAt");
                });
    }

    /** What the database has of a batch while no server runs. */
    private static MessageBatch stored(String url, UUID batch) {
        try (Database database = Database.open(DatabaseConfig.of(url))) {
            return MessageBatches.of(DeliveryQueue.on(database)).find(batch).orElseThrow();
        }
    }

    private void finishAndCheck(List<String> settings, String database, WebhookSimulator owner, List<UUID> batches)
            throws Exception {
        try (ServerProcess server = ServerProcess.start(folder, settings).awaitReady()) {
            Awaitility.await("the owner to hear of every batch")
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(owner.stats().accepted()).isEqualTo(batches.size()));
            assertThat(server.stop()).isZero();
        }
        List<WebhookSimulatorMessage> told = owner.messages(batches.size() + 1);
        assertThat(told)
                .extracting(
                        message -> JSON.readTree(message.body()).path("batch").asString())
                .containsExactlyInAnyOrderElementsOf(
                        batches.stream().map(UUID::toString).toList());
        for (UUID batch : batches) {
            assertThat(stored(database, batch).toldBy()).isPresent();
        }
    }
}
