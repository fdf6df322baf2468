package dev.signalbox.server.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signalbox.server.SignalboxCommand;
import dev.signalbox.server.TestClient;
import dev.signalbox.server.node.Server;
import dev.signalbox.server.rest.AdminToken;
import dev.signalbox.testing.simulator.SmsSimulator;
import dev.signalbox.testing.simulator.SmsSimulatorOptions;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A whole server: live first, then the next step, and the attempts that tell of it. */
class ServerDeliveryTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String TOKEN = "the-token-of-alice";

    @TempDir
    Path folder;

    private SmsSimulator provider;
    private Server server;

    @BeforeEach
    void start() {
        provider = SmsSimulator.start(SmsSimulatorOptions.defaults());
        server = Server.start(
                SignalboxCommand.FEATURES,
                SignalboxCommand.FEATURES.load(
                        Optional.empty(),
                        Map.of(),
                        List.of(
                                "data.folder=" + folder,
                                "control.port=0",
                                "clients.port=0",
                                "clients.tokens.0.client=alice",
                                "clients.tokens.0.token=" + TOKEN,
                                "delivery.max-attempts=3",
                                "delivery.live.timeout=10s",
                                "delivery.sms.url=" + provider.sendUrl(),
                                "delivery.sms.token=mock-token")));
    }

    @AfterEach
    void stop() {
        server.close();
        provider.close();
    }

    @Test
    void anAcknowledgedLiveMessageIsSentAndNothingElseIs() throws Exception {
        try (TestClient alice = connect(TestClient::ack)) {
            String id = send("10s");

            JsonNode message = await(id, "SENT");

            assertThat(alice.messages()).singleElement().satisfies(received -> {
                assertThat(received.path("id").asString()).isEqualTo(id);
                assertThat(received.path("text").asString()).isEqualTo("Your table is ready");
            });
            assertThat(channels(message)).containsExactly("client");
            assertThat(provider.stats().requests()).isZero();
        }
    }

    @Test
    void whoIsNotConnectedGetsATextMessage() throws Exception {
        JsonNode message = await(send("100ms"), "SENT");

        assertThat(channels(message)).containsExactly("client", "sms");
        assertThat(message.path("attempts").path(0).path("error").asString()).contains("was not connected");
        assertThat(provider.messages(10)).singleElement().satisfies(taken -> {
            assertThat(taken.phoneNumber()).isEqualTo("+61491570006");
            assertThat(taken.key()).contains(message.path("id").asString() + ".1");
        });
    }

    @Test
    void whoIsConnectedButDoesNotAcknowledgeGetsATextMessage() throws Exception {
        try (TestClient alice = connect(TestClient::silence)) {
            JsonNode message = await(send("500ms"), "SENT");

            assertThat(alice.messages()).isNotEmpty();
            assertThat(channels(message)).containsExactly("client", "sms");
            assertThat(message.path("attempts").path(0).path("error").asString())
                    .contains("did not acknowledge");
        }
    }

    @Test
    void whoRefusesALiveMessageGetsATextMessageAtOnce() throws Exception {
        try (TestClient alice = connect(TestClient::nack)) {
            JsonNode message = await(send("10m"), "SENT");

            assertThat(alice.messages()).hasSize(1);
            assertThat(channels(message)).containsExactly("client", "sms");
        }
    }

    @Test
    void whatWasNotAcknowledgedComesAgainOnTheNextConnection() throws Exception {
        String id;
        try (TestClient distracted = connect(TestClient::silence)) {
            id = send("30s");
            Awaitility.await().until(() -> !distracted.messages().isEmpty());
        }
        try (TestClient alice = connect(TestClient::ack)) {
            await(id, "SENT");

            assertThat(alice.messages())
                    .extracting(received -> received.path("id").asString())
                    .containsOnly(id);
            assertThat(provider.stats().requests()).isZero();
        }
    }

    @Test
    void theConfiguredAttemptBudgetHoldsForMessagesThatDoNotSay() throws Exception {
        assertThat(find(send("1s")).path("maxAttempts").asInt()).isEqualTo(3);
    }

    private TestClient connect(UnaryOperator<String> answer) {
        return new TestClient(server.address("clients"), TOKEN, answer);
    }

    private String send(String within) throws Exception {
        String body = """
                {"reach": [{"to": "client:alice", "within": "%s"}, {"to": "sms:+61 491 570 006"}],
                 "body": "Your table is ready"}""".formatted(within);
        return ask(request("/api/messages")
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body)))
                .path("id")
                .asString();
    }

    private JsonNode find(String id) throws Exception {
        return ask(request("/api/messages/" + id).GET());
    }

    private JsonNode await(String id, String state) {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> find(id), found -> found.path("state").asString().equals(state));
    }

    private static List<String> channels(JsonNode message) {
        return message.path("attempts")
                .valueStream()
                .map(attempt -> attempt.path("to").asString())
                .map(to -> to.substring(0, to.indexOf(':')))
                .toList();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(server.controlUri().resolve(path))
                .header(
                        "Authorization",
                        "Bearer " + AdminToken.find(folder).orElseThrow().value());
    }

    private static JsonNode ask(HttpRequest.Builder request) throws Exception {
        return JsonMapper.shared()
                .readTree(HTTP.send(request.build(), BodyHandlers.ofString()).body());
    }
}
