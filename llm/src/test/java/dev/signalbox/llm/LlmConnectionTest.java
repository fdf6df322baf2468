package dev.signalbox.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.testing.simulator.LlmReply;
import dev.signalbox.testing.simulator.LlmSimulator;
import dev.signalbox.testing.simulator.LlmSimulatorOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of connections and threads: none outlives its answer for long, and one that ended in order is used again. */
class LlmConnectionTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String PIECE = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hel\"}}]}\n\n";
    private static final String DONE = PIECE + "data: [DONE]\n\n";
    private static final String OLLAMA_DONE = """
            {"message":{"role":"assistant","content":"Hel"},"done":false}
            {"message":{"role":"assistant","content":""},"done_reason":"stop","done":true}
            """;

    private final LlmSimulator simulator = LlmSimulator.start(LlmSimulatorOptions.defaults());
    private final LlmClient client = LlmClient.builder()
            .model(LlmModel.of("openai", LlmEndpoint.OpenAi.compatible(simulator.openAi(), Optional.empty(), "gpt")))
            .model(LlmModel.of("ollama", LlmEndpoint.Ollama.at(simulator.root())))
            .options(LlmOptions.DEFAULT.withRetries(0, Duration.ZERO).withCircuit(0, LONG))
            .build();

    @AfterEach
    void close() {
        simulator.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"openai", "ollama"})
    void anAnswerThatEndedFreesItsConnectionAndThreadThoughTheBodyNeverEnds(String model) {
        int answers = 50;
        var all = new ArrayList<RecordingListener>();
        for (int i = 0; i < answers; i++) {
            simulator.script(
                    model.equals("ollama")
                            ? LlmReply.lines(OLLAMA_DONE, LlmReply.End.STALLED)
                            : LlmReply.events(DONE, LlmReply.End.STALLED));
            var heard = new RecordingListener();
            client.stream(LlmRequest.of("hi").withModels(model), heard);
            all.add(heard);
        }
        all.forEach(heard -> assertThat(heard.response().text()).isEqualTo("Hel"));
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(simulator.connections()).isZero());
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(AttemptThreads.running()).isEmpty());
    }

    @Test
    void aConnectionThatEndedInOrderIsUsedAgain() {
        for (int i = 0; i < 5; i++) {
            simulator.script(LlmReply.answer("a"));
            var heard = new RecordingListener();
            client.stream(LlmRequest.of("hi"), heard);
            assertThat(heard.response().text()).isEqualTo("a");
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(AttemptThreads.running()).isEmpty());
        }
        assertThat(simulator.connections()).isEqualTo(1);
    }

    /** LangChain4j reports the event and goes on reading. */
    @ParameterizedTest
    @ValueSource(
            strings = {"data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":{\"a\":1}}}]}\n\n", "data: not json\n\n"
            })
    void anEventThatCannotBeReadCutsTheConnection(String event) {
        simulator.script(new LlmReply.Bytes(
                "text/event-stream", List.of((PIECE + event).getBytes(StandardCharsets.UTF_8)), LlmReply.End.STALLED));
        var heard = new RecordingListener();
        client.stream(LlmRequest.of("hi"), heard);
        assertThat(heard.error()).isInstanceOf(LlmException.Unavailable.class);
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(simulator.connections()).isZero());
    }

    @Test
    void aFutureThatIsCancelledCutsTheConnection() {
        simulator.script(new LlmReply.Silence());
        var answer = client.generateAsync(LlmRequest.of("hi"));
        await().atMost(LONG).until(() -> simulator.received() == 1);
        assertThat(answer.cancel(true)).isTrue();
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(simulator.connections()).isZero());
    }

    @Test
    void generateAsyncCompletesWithTheAnswerOrTheFailure() {
        simulator.script(LlmReply.answer("a", "b"), LlmReply.error(401, "invalid_api_key", "no"));
        assertThat(client.generateAsync(LlmRequest.of("hi")))
                .succeedsWithin(LONG)
                .satisfies(response -> assertThat(response.text()).isEqualTo("ab"));
        assertThat(client.generateAsync(LlmRequest.of("hi")))
                .failsWithin(LONG)
                .withThrowableThat()
                .withCauseInstanceOf(LlmException.Authentication.class);
    }
}
