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
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Collections;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SmsSimulatorTest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String PHONE = "+61491570006";

    private final SmsSimulator simulator = SmsSimulator.start(SmsSimulatorOptions.defaults());
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private Duration patience = Duration.ofSeconds(20);

    @AfterEach
    void close() {
        http.close();
        simulator.close();
    }

    @Test
    void acceptsWhatTheContractAsksFor() throws Exception {
        var answer = send("k1", PHONE, "hello");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(json(answer).get("message").asString()).isEqualTo("Accepted");
        assertThat(simulator.messages(10)).singleElement().satisfies(message -> {
            assertThat(message.messageId())
                    .isEqualTo(json(answer).get("messageId").asString());
            assertThat(message.phoneNumber()).isEqualTo(PHONE);
            assertThat(message.content()).isEqualTo("hello");
            assertThat(message.key()).contains("k1");
        });
    }

    @Test
    void answersARepeatedKeyLikeTheFirstTimeAndTakesItOnce() throws Exception {
        var first = send("k1", PHONE, "hello");
        var second = send("k1", PHONE, "hello");
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(simulator.stats().accepted()).isEqualTo(1);
        assertThat(simulator.stats().duplicatesByKey()).isEqualTo(1);
    }

    @Test
    void takesAKeyOnceHoweverManySendItAtTheSameTime() throws Exception {
        try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<HttpResponse<String>> call = () -> send("same", PHONE, "hello");
            var answers = callers.invokeAll(Collections.nCopies(50, call));
            assertThat(answers)
                    .allSatisfy(answer -> assertThat(answer.get().statusCode()).isEqualTo(200));
        }
        assertThat(simulator.stats().accepted()).isEqualTo(1);
        assertThat(simulator.stats().duplicatesByKey()).isEqualTo(49);
    }

    @Test
    void countsTheSameContentUnderOtherKeys() throws Exception {
        send("k1", PHONE, "hello");
        send("k2", PHONE, "hello");
        send("k3", "+61491570156", "hello");
        assertThat(simulator.stats().accepted()).isEqualTo(3);
        assertThat(simulator.stats().duplicatesByContent()).isEqualTo(1);
    }

    @Test
    void refusesAKeyThatBelongsToAnotherMessage() throws Exception {
        send("k1", PHONE, "hello");
        assertThat(send("k1", PHONE, "something else").statusCode()).isEqualTo(422);
        assertThat(simulator.stats().keyConflicts()).isEqualTo(1);
        assertThat(simulator.stats().accepted()).isEqualTo(1);
    }

    @Test
    void forgetsAKeyAfterItsLifetime() throws Exception {
        var options = SmsSimulatorOptions.defaults().withKeyLifetime(Duration.ZERO);
        try (var forgetful = SmsSimulator.start(options)) {
            send(forgetful, "k1", PHONE, "hello");
            send(forgetful, "k1", PHONE, "hello");
            assertThat(forgetful.stats().accepted()).isEqualTo(2);
            assertThat(forgetful.stats().duplicatesByContent()).isEqualTo(1);
        }
    }

    @Test
    void remembersNoMoreThanItsLimitAndSaysSo() throws Exception {
        try (var small = SmsSimulator.start(SmsSimulatorOptions.defaults().withLimit(2))) {
            for (int i = 0; i < 3; i++) {
                send(small, "k" + i, PHONE, "hello " + i);
            }
            assertThat(small.messages(10)).hasSize(2);
            assertThat(small.stats().forgotten()).isEqualTo(2);
        }
    }

    @Test
    void refusesIncompleteAndUnreadableRequests() throws Exception {
        assertThat(post(simulator, "k", "{\"content\":\"hello\"}", "mock-token").statusCode())
                .isEqualTo(400);
        assertThat(post(simulator, "k", "{\"phone_number\":\"+1\"", "mock-token")
                        .statusCode())
                .isEqualTo(400);
        assertThat(post(simulator, "k", "null", "mock-token").statusCode()).isEqualTo(400);
        assertThat(simulator.stats().rejected()).isEqualTo(3);
        assertThat(simulator.stats().accepted()).isZero();
    }

    @Test
    void refusesAWrongToken() throws Exception {
        String body = "{\"phone_number\":\"" + PHONE + "\",\"content\":\"hello\"}";
        assertThat(post(simulator, "k", body, "guess").statusCode()).isEqualTo(401);
        assertThat(simulator.stats().accepted()).isZero();
    }

    @Test
    void refusesTheNumbersItIsToldTo() throws Exception {
        simulator.behave(Behaviour.perfect().withRefused(Set.of(PHONE)));
        assertThat(send("k1", PHONE, "hello").statusCode()).isEqualTo(422);
        assertThat(send("k2", "+61491570156", "hello").statusCode()).isEqualTo(200);
    }

    @Test
    void failsWithoutAccepting() throws Exception {
        simulator.behave(Behaviour.perfect().withFault(Fault.SERVER_ERROR, 1));
        assertThat(send("k1", PHONE, "hello").statusCode()).isEqualTo(500);
        simulator.behave(Behaviour.perfect().withFault(Fault.TOO_MANY, 1).withRetryAfter(Duration.ofSeconds(7)));
        var limited = send("k1", PHONE, "hello");
        assertThat(limited.statusCode()).isEqualTo(429);
        assertThat(limited.headers().firstValue("Retry-After")).contains("7");
        assertThat(simulator.stats().failed()).isEqualTo(2);
        assertThat(simulator.stats().accepted()).isZero();
    }

    @Test
    void cutsTheConnectionAfterAccepting() {
        simulator.behave(Behaviour.perfect().withFault(Fault.CUT, 1));
        assertThatThrownBy(() -> send("k1", PHONE, "hello")).isInstanceOf(IOException.class);
        assertThat(simulator.stats().accepted()).isEqualTo(1);
        assertThat(simulator.stats().unanswered()).isEqualTo(1);
    }

    @Test
    void hangsAfterAccepting() {
        patience = Duration.ofSeconds(1);
        simulator.behave(Behaviour.perfect().withFault(Fault.HANG, 1));
        assertThatThrownBy(() -> send("k1", PHONE, "hello")).isInstanceOf(HttpTimeoutException.class);
        assertThat(simulator.stats().accepted()).isEqualTo(1);
    }

    @Test
    void answersRubbishAfterAccepting() throws Exception {
        simulator.behave(Behaviour.perfect().withFault(Fault.RUBBISH, 1));
        var answer = send("k1", PHONE, "hello");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).doesNotStartWith("{");
        assertThat(simulator.stats().accepted()).isEqualTo(1);
    }

    @Test
    void takesAtLeastItsLatency() throws Exception {
        simulator.behave(Behaviour.perfect().withLatency(Duration.ofMillis(80), Duration.ofMillis(80)));
        long begin = System.nanoTime();
        send("k1", PHONE, "hello");
        assertThat(System.nanoTime() - begin)
                .isGreaterThanOrEqualTo(Duration.ofMillis(80).toNanos());
    }

    @Test
    void labelsItsStatisticsAsSimulated() throws Exception {
        send("k1", PHONE, "hello");
        var stats = json(get("/stats"));
        assertThat(stats.get("simulator").asString()).isEqualTo("sms");
        assertThat(stats.get("note").asString()).contains("simulated");
        assertThat(stats.get("accepted").asInt()).isEqualTo(1);
        assertThat(json(get("/health")).get("simulator").asString()).isEqualTo("sms");
    }

    @Test
    void changesItsBehaviourAtRuntimeAndKeepsWhatIsNotNamed() throws Exception {
        simulator.behave(Behaviour.perfect().withRefused(Set.of("+1")));
        var answer = postTo("/behaviour", "{\"minLatencyMillis\":5,\"faults\":{\"HANG\":0.5}}");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(simulator.behaviour())
                .isEqualTo(Behaviour.perfect()
                        .withRefused(Set.of("+1"))
                        .withLatency(Duration.ofMillis(5), Duration.ofMillis(5))
                        .withFault(Fault.HANG, 0.5));
    }

    @Test
    void refusesABehaviourThatMakesNoSense() throws Exception {
        assertThat(postTo("/behaviour", "{\"faults\":{\"HANG\":1.5}}").statusCode())
                .isEqualTo(400);
        assertThat(postTo("/behaviour", "{\"latency\":5}").statusCode()).isEqualTo(400);
        assertThat(simulator.behaviour()).isEqualTo(Behaviour.perfect());
    }

    @Test
    void forgetsEverythingOnReset() throws Exception {
        send("k1", PHONE, "hello");
        assertThat(postTo("/reset", "").statusCode()).isEqualTo(200);
        assertThat(simulator.stats()).isEqualTo(new SmsStats(0, 0, 0, 0, 0, 0, 0, 0, 0));
        assertThat(simulator.messages(10)).isEmpty();
    }

    @Test
    void listsTheNewestMessagesFirst() throws Exception {
        send("k1", PHONE, "one");
        send("k2", PHONE, "two");
        assertThat(json(get("/messages?limit=1")).get(0).get("content").asString())
                .isEqualTo("two");
        assertThat(get("/messages?limit=0").statusCode()).isEqualTo(400);
        assertThat(get("/messages?limit=many").statusCode()).isEqualTo(400);
    }

    private HttpResponse<String> send(String key, String phone, String content) throws Exception {
        return send(simulator, key, phone, content);
    }

    private HttpResponse<String> send(SmsSimulator to, String key, String phone, String content) throws Exception {
        var body = JSON.createObjectNode().put("phone_number", phone).put("content", content);
        return post(to, key, body.toString(), "mock-token");
    }

    private HttpResponse<String> post(SmsSimulator to, String key, String body, String token) throws Exception {
        var request = HttpRequest.newBuilder(to.sendUrl())
                .timeout(patience)
                .header("Authorization", "Bearer " + token)
                .header("Idempotency-Key", key)
                .POST(BodyPublishers.ofString(body))
                .build();
        return http.send(request, BodyHandlers.ofString());
    }

    private HttpResponse<String> postTo(String path, String body) throws Exception {
        var request = HttpRequest.newBuilder(simulator.url(path))
                .POST(BodyPublishers.ofString(body))
                .build();
        return http.send(request, BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(HttpRequest.newBuilder(simulator.url(path)).build(), BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return JSON.readTree(answer.body());
    }
}
