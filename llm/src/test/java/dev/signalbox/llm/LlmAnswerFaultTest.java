package dev.signalbox.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.signalbox.testing.simulator.LlmReply;
import dev.signalbox.testing.simulator.LlmSimulator;
import dev.signalbox.testing.simulator.LlmSimulatorOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that are none, and listeners that fail: each is said once, and nothing is stuck after it. */
class LlmAnswerFaultTest {
    private final LlmSimulator simulator = LlmSimulator.start(LlmSimulatorOptions.defaults());
    private final ManualTiming timing = new ManualTiming(Instant.parse("2026-11-21T05:00:00Z"));

    @AfterEach
    void close() {
        simulator.close();
    }

    private LlmClient client() {
        return LlmClient.builder()
                .model(LlmModel.of(
                        "openai", LlmEndpoint.OpenAi.compatible(simulator.openAi(), Optional.empty(), "gpt")))
                .model(LlmModel.of("ollama", LlmEndpoint.Ollama.at(simulator.root())))
                .options(LlmOptions.DEFAULT.withCircuit(1, Duration.ofSeconds(30)))
                .timing(timing.timing())
                .build();
    }

    private static LlmReply json(String body) {
        return new LlmReply.Bytes(
                "application/json", List.of(body.getBytes(StandardCharsets.UTF_8)), LlmReply.End.COMPLETE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"error\":{\"message\":\"the words of the provider\",\"type\":\"invalid_request_error\"}} | BadRequest",
                "{\"error\":{\"message\":\"the words of the provider\"}} | Unavailable",
                "{\"error\":\"the words of the provider\"} | Unavailable",
                "{\"error\":{\"message\":\"the words of the provider\",\"code\":401}} | Authentication",
                "{\"choices\":[{\"error\":{\"message\":\"the words of the provider\"},\"finish_reason\":\"error\"}]}"
                        + " | Unavailable",
                "{\"choices\":[],\"note\":\"the words of the provider\"} | Unavailable",
                "{\"choices\":null,\"note\":\"the words of the provider\"} | Unavailable",
                "{\"note\":\"the words of the provider\"} | Unavailable",
                "{\"choices\":[{\"index\":0}],\"note\":\"the words of the provider\"} | Unavailable"
            })
    void anAnswerThatIsNoneIsAskedForOnceAndItsWordsAreKept(String body, String type) {
        for (String model : List.of("openai", "ollama")) {
            LlmClient client = client();
            long before = simulator.received();
            simulator.script(json(body));
            Throwable failure =
                    catchThrowable(() -> client.generate(LlmRequest.of("hi").withModels(model)));
            assertThat(failure.getClass().getSimpleName()).isEqualTo(type);
            assertThat(failure).hasMessageContaining("the words of the provider");
            assertThat(simulator.received() - before).as(model).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"error\":{\"message\":\"the words of the provider\"}}",
                "{\"choices\":[]}",
                "{\"choices\":[{\"index\":0,\"delta\":{}}]}"
            })
    void aStreamThatSaysNothingIsAskedForOnce(String event) {
        simulator.script(LlmReply.events("data: " + event + "\n\ndata: [DONE]\n\n", LlmReply.End.COMPLETE));
        var heard = new RecordingListener();
        client().stream(LlmRequest.of("hi"), heard);
        assertThat(heard.error()).isInstanceOf(LlmException.Unavailable.class);
        assertThat(simulator.received()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"error\":{\"message\":\"overloaded\",\"type\":\"server_error\"}}",
                "{\"error\":{\"message\":\"no\",\"code\":503}}",
                "{\"error\":\"model is loading, try again\"}"
            })
    void anErrorThatSaysItMayPassIsTriedAgain(String body) {
        simulator.script(json(body), LlmReply.answer("ok"));
        LlmClient client = LlmClient.builder()
                .model(LlmModel.of("m", LlmEndpoint.OpenAi.compatible(simulator.openAi(), Optional.empty(), "gpt")))
                .timing(timing.timing())
                .build();
        assertThat(client.generate(LlmRequest.of("hi")).text()).isEqualTo("ok");
    }

    private static final LlmReply BROKEN = LlmReply.events(
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hel\"}}]}\n\n", LlmReply.End.CUT);

    @Test
    void aRestartThatThrowsWhileTheCircuitIsHalfOpenLeavesTheCircuitToTheNextCall() {
        LlmClient client = client();
        simulator.script(LlmReply.error(500, "server_error", "no"));
        assertThat(catchThrowable(() -> client.generate(LlmRequest.of("hi").withModels("ollama"))))
                .isInstanceOf(LlmException.Unavailable.class);
        timing.advance(Duration.ofSeconds(31));
        simulator.script(BROKEN);
        var heard = new RecordingListener() {
            @Override
            public void onRestart(LlmAttempt broken) {
                throw new AssertionError("cannot take it back");
            }
        };
        client.stream(LlmRequest.of("hi").withModels("openai", "ollama").withRestarts(), heard);
        assertThat(heard.error())
                .isInstanceOf(LlmException.Cancelled.class)
                .hasMessageContaining("cannot take it back");
        simulator.script(LlmReply.answer("ok"));
        assertThat(client.generate(LlmRequest.of("hi").withModels("ollama")).text())
                .isEqualTo("ok");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aListenerThatFailsAtItsEndDoesNotKeepTheResultBack(boolean answered) throws Exception {
        simulator.script(answered ? LlmReply.answer("a") : LlmReply.error(400, "invalid_value", "no"));
        var heard = new RecordingListener() {
            @Override
            public void onDone(LlmResponse response) {
                throw new AssertionError("an Error, not an Exception");
            }

            @Override
            public void onError(LlmException error) {
                throw new AssertionError("an Error, not an Exception");
            }
        };
        var result = client().stream(LlmRequest.of("hi"), heard).result().toCompletableFuture();
        if (answered) {
            assertThat(result.get(30, TimeUnit.SECONDS).text()).isEqualTo("a");
        } else {
            assertThat(catchThrowable(() -> result.get(30, TimeUnit.SECONDS)))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(LlmException.BadRequest.class);
        }
    }

    @Test
    void anObserverThatThrowsAnErrorDoesNotKeepTheResultBack() {
        simulator.script(LlmReply.answer("a"));
        LlmClient client = LlmClient.builder()
                .model(LlmModel.of("m", LlmEndpoint.OpenAi.compatible(simulator.openAi(), Optional.empty(), "gpt")))
                .listener(new LlmListener() {
                    @Override
                    public void attempted(LlmAttempt attempt) {
                        throw new AssertionError("an Error, not an Exception");
                    }
                })
                .build();
        assertThat(client.generate(LlmRequest.of("hi")).text()).isEqualTo("a");
    }

    private static String calls(String... pieces) {
        var events = new StringBuilder();
        for (String piece : pieces) {
            events.append("data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[")
                    .append(piece)
                    .append("]}}]}\n\n");
        }
        return events.append("data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\n")
                .append("data: [DONE]\n\n")
                .toString();
    }

    private static String piece(String index, String id, String name, String arguments) {
        return "{" + (index.isEmpty() ? "" : "\"index\":" + index + ",")
                + (id.isEmpty() ? "" : "\"id\":\"" + id + "\",")
                + "\"type\":\"function\",\"function\":{"
                + (name.isEmpty() ? "" : "\"name\":\"" + name + "\",")
                + "\"arguments\":\"" + arguments.replace("\"", "\\\"") + "\"}}";
    }

    private static final String X = "{\"x\":1}";
    private static final String Y = "{\"y\":2}";

    static List<String> twoCallsSideBySide() {
        return List.of(
                calls(piece("0", "a", "f", ""), piece("1", "b", "g", ""), piece("0", "", "", X), piece("1", "", "", Y)),
                calls(piece("0", "a", "f", X), piece("1", "b", "g", Y)),
                calls(piece("0", "a", "f", X) + "," + piece("1", "b", "g", Y)),
                calls(
                        piece("0", "a", "f", "{\"x\"") + "," + piece("1", "b", "g", "{\"y\""),
                        piece("0", "", "", ":1}") + "," + piece("1", "", "", ":2}")),
                calls(piece("0", "a", "f", X), piece("0", "b", "g", Y)),
                calls(piece("0", "a", "f", "{\"x\""), piece("0", "a", "f", ":1}"), piece("1", "b", "g", Y)),
                calls(piece("", "a", "f", X), piece("", "b", "g", Y)),
                calls(piece("", "a", "f", "{\"x\""), piece("", "", "", ":1}"), piece("", "b", "g", Y)),
                calls(piece("", "", "f", X), piece("", "", "g", Y)),
                calls(piece("", "", "f", X) + "," + piece("", "", "g", Y)));
    }

    @ParameterizedTest
    @MethodSource("twoCallsSideBySide")
    void toolCallsSideBySideStayApart(String events) {
        simulator.script(LlmReply.events(events, LlmReply.End.COMPLETE));
        var heard = new RecordingListener();
        client().stream(LlmRequest.of("hi"), heard);
        assertThat(heard.response().message().toolExecutionRequests()).isEqualTo(heard.tools);
        assertThat(heard.tools).extracting(ToolExecutionRequest::name).containsExactly("f", "g");
        assertThat(heard.tools).extracting(ToolExecutionRequest::arguments).containsExactly(X, Y);
        assertThat(heard.response().metadata().timeToFirstToken()).isPresent();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ollamasToolCallsStayApart(boolean oneLine) {
        String f = "{\"function\":{\"name\":\"f\",\"arguments\":" + X + "}}";
        String g = "{\"function\":{\"name\":\"g\",\"arguments\":" + Y + "}}";
        String line = "{\"message\":{\"role\":\"assistant\",\"content\":\"\",\"tool_calls\":[%s]},\"done\":false}%n";
        String lines = oneLine ? line.formatted(f + "," + g) : line.formatted(f) + line.formatted(g);
        simulator.script(LlmReply.lines(
                lines
                        + "{\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done_reason\":\"stop\",\"done\":true}\n",
                LlmReply.End.COMPLETE));
        var heard = new RecordingListener();
        client().stream(LlmRequest.of("hi").withModels("ollama"), heard);
        assertThat(heard.response().message().toolExecutionRequests())
                .extracting(ToolExecutionRequest::name)
                .containsExactly("f", "g");
        assertThat(heard.tools).extracting(ToolExecutionRequest::arguments).containsExactly(X, Y);
    }
}
