package dev.signalbox.testing.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.testing.simulator.Behaviour.Fault;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WebhookSimulatorTest {
    /** The example in the documentation of Standard Webhooks' libraries. */
    private static final String KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private static final String BODY = "{\"test\": 2432232314}";
    private static final String SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    private final HttpClient http = HttpClient.newHttpClient();
    private final WebhookSimulator simulator =
            WebhookSimulator.start(WebhookSimulatorOptions.defaults().withKeys(List.of(KEY)));

    @AfterEach
    void stop() {
        http.close();
        simulator.close();
    }

    @Test
    void takesWhatIsSignedOnce() throws Exception {
        assertThat(post("/hook", BODY, "v1,AAAA " + SIGNATURE).statusCode()).isEqualTo(204);
        assertThat(post("/hook", BODY, SIGNATURE).statusCode()).isEqualTo(204);
        assertThat(simulator.stats()).isEqualTo(new WebhookSimulatorStats(2, 1, 1, 0, 0, 0, 0));
        var message = simulator.messages(1).getFirst();
        assertThat(message.path()).isEqualTo("/hook");
        assertThat(message.body()).isEqualTo(BODY);
    }

    @Test
    void refusesWhatIsNot() throws Exception {
        assertThat(post("/", BODY + " ", SIGNATURE).statusCode()).isEqualTo(401);
        assertThat(post("/", BODY, "v1a," + SIGNATURE.substring(3)).statusCode())
                .isEqualTo(401);
        var without = HttpRequest.newBuilder(simulator.url("/")).POST(BodyPublishers.ofString(BODY));
        assertThat(http.send(without.build(), BodyHandlers.ofString()).statusCode())
                .isEqualTo(400);
        assertThat(simulator.stats().unsigned()).isEqualTo(3);
        assertThat(simulator.stats().accepted()).isZero();
    }

    @Test
    void failsAsTold() throws Exception {
        simulator.behave(Behaviour.perfect().withFault(Fault.TOO_MANY, 1));
        HttpResponse<String> tooMany = post("/", BODY, SIGNATURE);
        assertThat(tooMany.statusCode()).isEqualTo(429);
        assertThat(tooMany.headers().firstValue("Retry-After")).contains("1");
        simulator.behave(Behaviour.perfect().withFault(Fault.CUT, 1));
        assertThatThrownBy(() -> post("/", BODY, SIGNATURE)).isInstanceOf(IOException.class);
        simulator.behave(Behaviour.perfect().withRefused(Set.of("/old")));
        assertThat(post("/old", BODY, SIGNATURE).statusCode()).isEqualTo(410);
        assertThat(simulator.stats()).isEqualTo(new WebhookSimulatorStats(3, 1, 0, 0, 1, 1, 1));
    }

    @Test
    void isToldAndTellsOverHttp() throws Exception {
        var change = HttpRequest.newBuilder(simulator.url("/behaviour"))
                .POST(BodyPublishers.ofString("{\"faults\": {\"SERVER_ERROR\": 1}}"));
        assertThat(http.send(change.build(), BodyHandlers.ofString()).body()).contains("SERVER_ERROR");
        assertThat(post("/", BODY, SIGNATURE).statusCode()).isEqualTo(500);
        var stats = HttpRequest.newBuilder(simulator.url("/stats")).build();
        assertThat(http.send(stats, BodyHandlers.ofString()).body()).contains("\"failed\":1");
        var nowhere = HttpRequest.newBuilder(simulator.url("/nowhere")).build();
        assertThat(http.send(nowhere, BodyHandlers.ofString()).statusCode()).isEqualTo(404);
        simulator.reset();
        assertThat(simulator.stats().requests()).isZero();
    }

    @Test
    void aWrongKeyIsRefused() {
        assertThatThrownBy(() -> WebhookSimulator.start(
                        WebhookSimulatorOptions.defaults().withKeys(List.of("whsec_%"))))
                .hasMessageContaining("not base64");
        assertThat(new WebhookSimulatorKey(KEY).toString()).doesNotContain("MfKQ");
    }

    private HttpResponse<String> post(String path, String body, String signatures)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(simulator.url(path))
                .header("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek")
                .header("webhook-timestamp", "1614265330")
                .header("webhook-signature", signatures)
                .POST(BodyPublishers.ofString(body))
                .build();
        return http.send(request, BodyHandlers.ofString());
    }
}
