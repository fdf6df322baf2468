package dev.signalbox.testing.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.testing.simulator.ObservatorySimulatorBehaviour.Fault;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ObservatorySimulatorTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String ROUTE = "/api/v1/observatory/logs";
    private static final String BATCH =
            "{\"logs\":[{\"message\":\"hello\",\"logLevel\":2,\"data\":{\"a\":\"b\"},\"module\":\"m\",\"submodule\":\"\"}]}";

    private final ObservatorySimulator simulator = ObservatorySimulator.start(ObservatorySimulatorOptions.defaults());

    @AfterEach
    void close() {
        simulator.close();
    }

    private HttpResponse<String> post(String path, String key, String body) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(simulator.url().resolve(path))
                .header("Authorization", "Bearer mock-token")
                .header("Idempotency-Key", key)
                .timeout(Duration.ofSeconds(10))
                .POST(BodyPublishers.ofString(body));
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    @Test
    void aBatchIsTakenOnceForItsKey() throws Exception {
        assertThat(post(ROUTE, "1", BATCH).statusCode()).isEqualTo(200);
        assertThat(post(ROUTE, "1", BATCH).statusCode()).isEqualTo(200);
        assertThat(post(ROUTE, "2", BATCH).statusCode()).isEqualTo(200);
        assertThat(simulator.stats()).isEqualTo(new ObservatorySimulatorStats(3, 2, 2, 1, 0, 0, 0));
        assertThat(simulator.records().getFirst().message()).isEqualTo("hello");
        assertThat(simulator.records().getFirst().data()).containsEntry("a", "b");
    }

    @Test
    void otlpIsTakenBelowAnyPath() throws Exception {
        var body = "{\"resourceLogs\":[{\"scopeLogs\":[{\"scope\":{\"name\":\"m\"},\"logRecords\":"
                + "[{\"severityNumber\":9,\"body\":{\"stringValue\":\"hello\"}}]}]}]}";
        assertThat(post("/team/v1/logs", "1", body).statusCode()).isEqualTo(200);
        assertThat(simulator.records().getFirst().level()).isEqualTo(9);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "{\"logs\":7}", "{\"logs\":[{\"message\":\"x\",\"logLevel\":4}]}", "[["})
    void whatIsNoBatchIsRefused(String body) throws Exception {
        assertThat(post(ROUTE, "1", body).statusCode()).isEqualTo(400);
        assertThat(simulator.stats().refused()).isOne();
    }

    @Test
    void aWrongTokenIsRefused() throws Exception {
        var request = HttpRequest.newBuilder(simulator.url().resolve(ROUTE)).POST(BodyPublishers.ofString(BATCH));
        assertThat(HTTP.send(request.build(), BodyHandlers.ofString()).statusCode())
                .isEqualTo(401);
        assertThat(simulator.stats().unauthorized()).isOne();
    }

    @ParameterizedTest
    @CsvSource({"503, 0", "429, 7"})
    void itAnswersAsTold(int status, int wish) throws Exception {
        simulator.behave(ObservatorySimulatorBehaviour.perfect().answering(status, wish));
        var answer = post(ROUTE, "1", BATCH);
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Retry-After").orElse("0")).isEqualTo(String.valueOf(wish));
        assertThat(simulator.stats().records()).isZero();
    }

    @Test
    void poisonAndLengthAreRefused() throws Exception {
        simulator.behave(ObservatorySimulatorBehaviour.perfect().withPoison("ell"));
        assertThat(post(ROUTE, "1", BATCH).statusCode()).isEqualTo(400);
        simulator.behave(ObservatorySimulatorBehaviour.perfect().withLongest(10));
        assertThat(post(ROUTE, "1", BATCH).statusCode()).isEqualTo(413);
    }

    @ParameterizedTest
    @CsvSource({"CUT, 0", "CUT_AFTER, 1"})
    void itCutsBeforeOrAfterTaking(Fault fault, long taken) {
        simulator.behave(ObservatorySimulatorBehaviour.perfect().with(fault));
        assertThatThrownBy(() -> post(ROUTE, "1", BATCH)).isInstanceOf(IOException.class);
        assertThat(simulator.stats().records()).isEqualTo(taken);
    }

    @Test
    void itIsSteeredOverHttp() throws Exception {
        var behaviour = HttpRequest.newBuilder(simulator.url().resolve("/behaviour"))
                .POST(BodyPublishers.ofString("{\"fault\":\"ANSWER\",\"status\":500,\"retryAfterSeconds\":0,"
                        + "\"latency\":\"PT0S\",\"poison\":\"\",\"longest\":0}"))
                .build();
        assertThat(HTTP.send(behaviour, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
        assertThat(post(ROUTE, "1", BATCH).statusCode()).isEqualTo(500);
        var stats = HttpRequest.newBuilder(simulator.url().resolve("/stats")).build();
        assertThat(HTTP.send(stats, BodyHandlers.ofString()).body()).contains("\"failed\":1");
    }
}
