package dev.signalbox.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signalbox.testing.simulator.LlmReply;
import dev.signalbox.testing.simulator.LlmSimulator;
import dev.signalbox.testing.simulator.LlmSimulatorOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One engine for retries, Retry-After, fallback and circuits, on a clock of the test's own. */
class LlmRetryTest {
    private static final Instant NOW = Instant.parse("2026-11-21T05:00:00Z");
    private static final LlmReply BUSY = LlmReply.error(503, "busy", "simulated");

    private final LlmSimulator first = LlmSimulator.start(LlmSimulatorOptions.defaults());
    private final LlmSimulator second = LlmSimulator.start(LlmSimulatorOptions.defaults());
    private final ManualTiming timing = new ManualTiming(NOW);
    private final List<String> circuits = new ArrayList<>();

    @AfterEach
    void close() {
        first.close();
        second.close();
    }

    private LlmClient client(LlmOptions options) {
        return LlmClient.builder()
                .model(model("first", first).withFallbacks("second"))
                .model(model("second", second))
                .options(options)
                .timing(timing.timing())
                .listener(new LlmListener() {
                    @Override
                    public void circuit(String model, boolean open) {
                        circuits.add(model + (open ? " opened" : " closed"));
                    }
                })
                .build();
    }

    private static LlmModel model(String name, LlmSimulator at) {
        return LlmModel.of(name, LlmEndpoint.OpenAi.compatible(at.openAi(), Optional.of("k"), "gpt"));
    }

    private LlmClient client() {
        return client(LlmOptions.DEFAULT);
    }

    @Test
    void asksAgainAfterGrowingPauses() {
        first.script(BUSY, BUSY, LlmReply.answer("third time lucky"));
        LlmResponse response = client().generate(LlmRequest.of("hi"));
        assertThat(response.text()).isEqualTo("third time lucky");
        assertThat(timing.pauses).containsExactly(Duration.ofMillis(500), Duration.ofSeconds(1));
        assertThat(response.metadata().attempts())
                .extracting(LlmAttempt::kind)
                .containsExactly(LlmAttempt.Kind.FIRST, LlmAttempt.Kind.RETRY, LlmAttempt.Kind.RETRY);
        assertThat(response.metadata().attempts().getFirst().error().orElseThrow())
                .isInstanceOf(LlmException.Unavailable.class);
    }

    @ParameterizedTest
    @CsvSource({
        "retry-after, 7, 7000",
        "retry-after, 0, 500",
        "retry-after, 1.5, 1500",
        "retry-after-ms, 2345, 2345",
        "x-ms-retry-after-ms, 3456, 3456",
        "Retry-After, 'Sat, 21 Nov 2026 05:00:09 GMT', 9000",
        "Retry-After, 'Saturday, 21-Nov-26 05:00:09 GMT', 9000",
        "Retry-After, 'Sat Nov 21 05:00:09 2026', 9000",
        "Retry-After, 'Sat, 21 Nov 2026 04:00:00 GMT', 500",
        "retry-after, soon, 500",
        "retry-after, -3, 500",
        "retry-after, 30, 30000"
    })
    void waitsAsLongAsTheProviderAsks(String header, String value, long millis) {
        for (boolean streamed : List.of(false, true)) {
            timing.pauses.clear();
            first.script(LlmReply.tooMany(header, value), LlmReply.answer("ok"));
            LlmClient client = client();
            if (streamed) {
                var heard = new RecordingListener();
                client.stream(LlmRequest.of("hi").withModels("first"), heard);
                assertThat(heard.response().text()).isEqualTo("ok");
            } else {
                assertThat(client.generate(LlmRequest.of("hi")).text()).isEqualTo("ok");
            }
            assertThat(timing.pauses)
                    .singleElement()
                    .satisfies(pause -> assertThat(pause.toMillis()).isBetween(millis, millis + 1));
            timing.advance(Duration.ZERO.minus(timing.pauses.getFirst()));
        }
    }

    @Test
    void asksTheNextAtOnceIfTheProviderAsksForTooMuchPatience() {
        first.script(LlmReply.tooMany("retry-after", "31"));
        second.script(LlmReply.answer("second"));
        LlmResponse response = client().generate(LlmRequest.of("hi"));
        assertThat(response.text()).isEqualTo("second");
        assertThat(timing.pauses).isEmpty();
        assertThat(response.metadata().attempts())
                .extracting(LlmAttempt::kind)
                .containsExactly(LlmAttempt.Kind.FIRST, LlmAttempt.Kind.FALLBACK);
    }

    @Test
    void tellsHowLongToWaitIfNobodyIsLeft() {
        second.script(LlmReply.tooMany("retry-after", "120"));
        assertThatThrownBy(() -> client().generate(LlmRequest.of("hi").withModels("second")))
                .isInstanceOfSatisfying(
                        LlmException.RateLimited.class,
                        e -> assertThat(e.retryAfter()).contains(Duration.ofMinutes(2)));
    }

    @Test
    void neverWaitsPastTheDeadline() {
        first.script(LlmReply.tooMany("retry-after", "20"));
        second.script(LlmReply.answer("second"));
        LlmOptions hasty =
                LlmOptions.DEFAULT.withTimeouts(Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofSeconds(5));
        assertThat(client(hasty).generate(LlmRequest.of("hi")).text()).isEqualTo("second");
        assertThat(timing.pauses).isEmpty();
    }

    @Test
    void aBadRequestIsNeitherRepeatedNorPassedOn() {
        first.script(LlmReply.error(400, "invalid_value", "no"));
        assertThatThrownBy(() -> client().generate(LlmRequest.of("hi"))).isInstanceOf(LlmException.BadRequest.class);
        assertThat(first.received()).isEqualTo(1);
        assertThat(second.received()).isZero();
    }

    @Test
    void aRefusedPromptIsNotTakenElsewhere() {
        first.script(LlmReply.error(400, "content_filter", "no"));
        assertThatThrownBy(() -> client().generate(LlmRequest.of("hi")))
                .isInstanceOf(LlmException.ContentFiltered.class);
        assertThat(second.received()).isZero();
    }

    @Test
    void aWrongKeyIsNotRepeatedButPassedOn() {
        first.script(LlmReply.error(401, "invalid_api_key", "no"));
        assertThat(client().generate(LlmRequest.of("hi")).metadata().model()).isEqualTo("second");
        assertThat(first.received()).isEqualTo(1);
    }

    @Test
    void aUsedUpQuotaIsNotRepeatedButPassedOn() {
        first.script(LlmReply.error(429, "insufficient_quota", "pay"));
        assertThat(client().generate(LlmRequest.of("hi")).metadata().model()).isEqualTo("second");
        assertThat(first.received()).isEqualTo(1);
    }

    @Test
    void theNextModelIsNotAskedForTheFirstOnesModelId() {
        first.script(LlmReply.error(404, "model_not_found", "no"));
        LlmRequest request = LlmRequest.of("hi").withParameters(LlmParameters.NONE.withModelId("special"));
        assertThat(client().generate(request).metadata().modelId()).contains("simulated-gpt");
        assertThat(first.requests().getLast().body()).contains("special");
    }

    private static LlmReply broken() {
        return LlmReply.events(
                "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hel\"}}]}\n\n", LlmReply.End.CUT);
    }

    @Test
    void nothingIsTriedAgainAfterTheFirstText() {
        first.script(broken());
        var heard = new RecordingListener();
        client().stream(LlmRequest.of("hi"), heard);
        assertThat(heard.error()).isInstanceOf(LlmException.Unavailable.class);
        assertThat(heard.pieces).containsExactly("Hel");
        assertThat(first.received() + second.received()).isEqualTo(1);
    }

    @Test
    void aRestartIsToldToWhoAllowedIt() {
        first.script(broken(), LlmReply.answer("Hello", "!"));
        var heard = new RecordingListener();
        client().stream(LlmRequest.of("hi").withRestarts(), heard);
        assertThat(heard.response().text()).isEqualTo("Hello!");
        assertThat(heard.text.toString()).isEqualTo("Hello!");
        assertThat(heard.restarts)
                .singleElement()
                .satisfies(broken -> assertThat(broken.error()).isPresent());
        assertThat(heard.pieces).containsExactly("Hel", "Hello", "!");
    }

    @Test
    void aStreamThatBreaksBeforeItsFirstTextIsTriedAgainUnheard() {
        first.script(LlmReply.events(": hello\n\n", LlmReply.End.CUT), LlmReply.answer("Hello"));
        var heard = new RecordingListener();
        client().stream(LlmRequest.of("hi"), heard);
        assertThat(heard.response().text()).isEqualTo("Hello");
        assertThat(heard.restarts).isEmpty();
    }

    @Test
    void aCircuitOpensAndASingleTrialClosesIt() {
        LlmOptions options = LlmOptions.DEFAULT.withRetries(0, Duration.ZERO).withCircuit(2, Duration.ofSeconds(30));
        LlmClient client = client(options);
        first.script(BUSY, BUSY);
        for (int i = 0; i < 4; i++) {
            assertThat(client.generate(LlmRequest.of("hi")).metadata().model()).isEqualTo("second");
        }
        assertThat(first.received()).as("asked until the circuit opened").isEqualTo(2);
        assertThat(circuits).containsExactly("first opened");
        timing.advance(Duration.ofSeconds(30));
        assertThat(client.generate(LlmRequest.of("hi")).metadata().model()).isEqualTo("first");
        assertThat(circuits).containsExactly("first opened", "first closed");
    }

    @Test
    void anOpenCircuitWithoutAWayAroundIsSaid() {
        LlmClient client =
                client(LlmOptions.DEFAULT.withRetries(0, Duration.ZERO).withCircuit(1, Duration.ofHours(1)));
        second.script(BUSY);
        LlmRequest request = LlmRequest.of("hi").withModels("second");
        assertThatThrownBy(() -> client.generate(request)).isInstanceOf(LlmException.Unavailable.class);
        assertThatThrownBy(() -> client.generate(request)).hasMessageContaining("not asked for a while");
        assertThat(second.received()).isEqualTo(1);
    }
}
