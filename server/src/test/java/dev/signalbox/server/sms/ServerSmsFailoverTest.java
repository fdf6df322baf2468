package dev.signalbox.server.sms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.server.SignalboxCommand;
import dev.signalbox.server.TestServer;
import dev.signalbox.server.configuration.ConfigException;
import dev.signalbox.server.rest.AdminToken;
import dev.signalbox.testing.simulator.Behaviour;
import dev.signalbox.testing.simulator.Behaviour.Fault;
import dev.signalbox.testing.simulator.SmsSimulator;
import dev.signalbox.testing.simulator.SmsSimulatorOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A whole server with two simulated providers. */
class ServerSmsFailoverTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    Path folder;

    private SmsSimulator backup;
    private TestServer server;

    @BeforeEach
    void start() {
        backup = SmsSimulator.start(SmsSimulatorOptions.defaults());
        server = new TestServer(
                folder,
                "delivery.sms.key-lifetime=0s",
                "delivery.sms.name=main",
                "delivery.sms.backups.0.name=spare",
                "delivery.sms.backups.0.url=" + backup.sendUrl(),
                "delivery.sms.backups.0.token=mock-token",
                "delivery.sms.failover.failures=2",
                "delivery.sms.failover.pause=1h",
                "delivery.sms.failover.longest-pause=2h");
    }

    @AfterEach
    void stop() {
        server.close();
        backup.close();
    }

    @Test
    void whatTheFirstDoesNotTakeIsSentByTheBackupWhichTheHistoryNames() throws Exception {
        JsonNode sent = await(send(), "SENT");
        assertThat(sent.path("attempts").path(0).path("providerId").asString()).startsWith("main:");

        server.provider.behave(Behaviour.perfect().withFault(Fault.TOO_MANY, 1));
        for (int i = 0; i < 3; i++) {
            sent = await(send(), "SENT");
            assertThat(sent.path("attempts").path(0).path("providerId").asString())
                    .startsWith("spare:");
        }
        assertThat(backup.messages(10)).hasSize(3);
        assertThat(server.provider.stats().requests())
                .as("passed over after two failures")
                .isEqualTo(3);
        Awaitility.await().until(() -> get("/health").contains("passed over for now: main"));
        assertThat(get("/metrics"))
                .contains("signalbox_sms_failovers_total{from=\"main\",to=\"spare\"} 2")
                .contains("signalbox_sms_passed_over{provider=\"main\"} 1")
                .contains("signalbox_sms_attempts_total{provider=\"spare\",result=\"accepted\"} 3");
    }

    @Test
    void whatTheFirstMayHaveSentGoesToNobodyElse() throws Exception {
        server.provider.behave(Behaviour.perfect().withFault(Fault.CUT, 1));
        JsonNode parked = await(send(), "UNKNOWN");
        assertThat(parked.path("attempts").path(0).path("error").asString()).startsWith("main: ");
        assertThat(backup.stats().requests()).isZero();
    }

    @Test
    void wrongSettingsAreNamed() {
        assertThatThrownBy(() -> load("delivery.sms.backups.0.url=http://127.0.0.1:1"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("delivery.sms.backups.0.token")
                .hasMessageContaining("delivery.sms.provider");
        assertThatThrownBy(() -> load(
                        "delivery.sms.url=http://127.0.0.1:1",
                        "delivery.sms.token=t",
                        "delivery.sms.key-lifetime=1h",
                        "delivery.sms.failover.pause=1h",
                        "delivery.sms.backups.0.url=http://127.0.0.1:2",
                        "delivery.sms.backups.0.token=t"))
                .hasMessageContaining("delivery.sms.key-lifetime")
                .hasMessageContaining("delivery.sms.backups.0.name")
                .hasMessageContaining("delivery.sms.failover.longest-pause");
    }

    private void load(String... settings) {
        SignalboxCommand.FEATURES.load(Optional.empty(), Map.of(), List.of(settings));
    }

    private String send() {
        return server.run("send", "--to", "sms:+61491570006", "--json", "Your table is ready")
                .json()
                .path("id")
                .asString();
    }

    private JsonNode await(String id, String state) throws Exception {
        Awaitility.await().until(() -> message(id).path("state").asString().equals(state));
        return message(id);
    }

    private JsonNode message(String id) throws Exception {
        return JsonMapper.shared().readTree(get("/api/messages/" + id));
    }

    private String get(String path) throws Exception {
        return HTTP.send(
                        HttpRequest.newBuilder(URI.create(server.url()).resolve(path))
                                .header(
                                        "Authorization",
                                        "Bearer "
                                                + AdminToken.find(folder)
                                                        .orElseThrow()
                                                        .value())
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }
}
