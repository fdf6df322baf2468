package dev.signalbox.server.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.llm.LlmClient;
import dev.signalbox.llm.LlmEndpoint;
import dev.signalbox.llm.LlmModel;
import dev.signalbox.llm.LlmPrice;
import dev.signalbox.router.Address;
import dev.signalbox.router.Logic;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterOptions;
import dev.signalbox.testing.simulator.LlmReply;
import dev.signalbox.testing.simulator.LlmSimulator;
import dev.signalbox.testing.simulator.LlmSimulatorOptions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A simulated model calls tools, and logics of the router carry them out: results, errors, bounds, cancellation. */
class LlmToolsTest {
    private static final Address ASKER = Address.logic("asker");
    private static final String SCHEMA = """
            {"type": "object", "properties": {"city": {"type": "string", "enum": ["Perth", "Oslo"]}},
             "required": ["city"]}""";

    private final LlmSimulator simulator = LlmSimulator.start(LlmSimulatorOptions.defaults());
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Router router = Router.create(RouterOptions.defaults());
    private final List<JsonNode> heard = new CopyOnWriteArrayList<>();
    private final List<Message> carriedOut = new CopyOnWriteArrayList<>();
    private LlmLogic llm = logic(Duration.ofMinutes(5));

    private LlmLogic logic(Duration deadline) {
        var models = LlmClient.builder()
                .model(LlmModel.of("m", LlmEndpoint.OpenAi.compatible(simulator.openAi(), Optional.empty(), "gpt"))
                        .withPrice(LlmPrice.perMillion("1", "1", "1")))
                .build();
        var tools = List.of(
                tool("weather", "weather", Duration.ofSeconds(20)),
                tool("slow", "silent", Duration.ofMillis(50)),
                tool("endless", "silent", Duration.ofHours(1)),
                tool("broken", "broken", Duration.ofSeconds(20)),
                tool("bytes", "bytes", Duration.ofSeconds(20)),
                tool("nobody", "nobody", Duration.ofSeconds(20)),
                tool("long", "long", Duration.ofSeconds(20)));
        return new LlmLogic(models, new LlmTools(tools, 2, new LlmMetrics(registry)::called), deadline, 8, 8);
    }

    private static LlmConfig.Tool tool(String name, String logic, Duration timeout) {
        var schema = (ObjectNode) JsonMapper.shared().readTree(SCHEMA);
        return new LlmConfig.Tool(name, "Tells the " + name, logic, schema, timeout);
    }

    @BeforeEach
    void attach() {
        router.add(LlmLogic.NAME, llm.logic());
        router.add(
                "asker",
                Logic.worker((message, context) ->
                        heard.add(JsonMapper.shared().readTree(((Payload.Text) message.payload()).value()))));
        router.add("weather", Logic.worker((message, context) -> {
            carriedOut.add(message);
            context.reply(message, Payload.text("sunny"));
        }));
        router.add("silent", Logic.worker((message, context) -> carriedOut.add(message)));
        router.add("broken", Logic.worker((message, context) -> {
            throw new IllegalStateException("a bug");
        }));
        router.add("bytes", Logic.worker((message, context) -> context.reply(message, Payload.binary(new byte[] {1}))));
        router.add(
                "long", Logic.worker((message, context) -> context.reply(message, Payload.text("x".repeat(70_000)))));
    }

    @AfterEach
    void close() {
        llm.close();
        router.close();
        simulator.close();
    }

    private void say(String text) {
        router.send(Message.of(ASKER, Address.logic(LlmLogic.NAME), Payload.text(text)));
    }

    private JsonNode end() {
        await().until(() -> !heard.isEmpty()
                && List.of("done", "error")
                        .contains(heard.getLast().path("type").asString()));
        return heard.getLast();
    }

    private JsonNode body(int request) {
        return JsonMapper.shared().readTree(simulator.requests().get(request).body());
    }

    /** What the model is told in the second request. */
    private List<String> results() {
        return body(1).path("messages").values().stream()
                .filter(message -> message.path("role").asString().equals("tool"))
                .map(message -> message.path("tool_call_id").asString() + ": "
                        + message.path("content").asString())
                .toList();
    }

    @Test
    void aLogicCarriesOutACallAndTheModelGoesOnWithItsReply() {
        simulator.script(
                LlmReply.answer("Let me look. ").withToolCall("c1", "weather", "{\"ci", "ty\":\"Perth\"}"),
                LlmReply.answer("It is sunny."));
        say("{\"ask\":\"How is Perth?\",\"id\":\"q1\"}");

        JsonNode done = end();
        assertThat(heard)
                .extracting(frame -> frame.path("type").asString())
                .containsExactly("delta", "tool", "delta", "done");
        assertThat(heard.get(1).path("name").asString()).isEqualTo("weather");
        assertThat(done.path("text").asString()).isEqualTo("Let me look. It is sunny.");
        assertThat(done.path("attempts").asInt()).isEqualTo(2);
        assertThat(carriedOut).singleElement().satisfies(message -> {
            assertThat(((Payload.Text) message.payload()).value()).isEqualTo("{\"city\":\"Perth\"}");
            assertThat(message.source()).isEqualTo(ASKER);
        });
        assertThat(results()).containsExactly("c1: sunny");
        await().untilAsserted(() -> assertThat(llm.underWay()).isZero());
        assertThat(registry.get("signalbox.llm.tool.calls")
                        .tags("tool", "weather", "result", "ok")
                        .timer()
                        .count())
                .isOne();
    }

    @Test
    void theModelSeesTheToolsAsConfigured() {
        simulator.script(LlmReply.answer("hello"));
        say("{\"ask\":\"hi\",\"tools\":[\"weather\"]}");
        end();
        JsonNode function = body(0).at("/tools/0/function");
        assertThat(body(0).path("tools")).hasSize(1);
        assertThat(function.path("name").asString()).isEqualTo("weather");
        assertThat(function.path("description").asString()).isEqualTo("Tells the weather");
        assertThat(function.at("/parameters/properties/city/enum/1").asString()).isEqualTo("Oslo");
        assertThat(function.at("/parameters/required/0").asString()).isEqualTo("city");
    }

    @Test
    void aQuestionCanDoWithoutTools() {
        simulator.script(LlmReply.answer("hello"));
        say("{\"ask\":\"hi\",\"tools\":[]}");
        end();
        assertThat(body(0).has("tools")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"[\"spade\"]|there is no tool 'spade'; there are weather, ", "\"weather\"|tools must be a list"})
    void toolsThatAreNotConfiguredAreRefused(String tools, String message) {
        say("{\"ask\":\"hi\",\"tools\":" + tools + "}");
        assertThat(end().path("code").asString()).isEqualTo("bad-request");
        assertThat(end().path("message").asString()).contains(message);
        assertThat(simulator.received()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nobody|nobody",
                "broken|failed",
                "slow|no reply",
                "bytes|bytes, not text",
                "spade|no tool of this name"
            })
    void theModelIsToldWhatFailed(String tool, String reason) {
        simulator.script(LlmReply.answer().withToolCall("c1", tool, "{}"), LlmReply.answer("I cannot tell."));
        say("{\"ask\":\"hi\"}");
        assertThat(end().path("text").asString()).isEqualTo("I cannot tell.");
        assertThat(results()).singleElement().asString().contains("\"error\"").contains(reason);
    }

    @Test
    void aToolThatWasNotOfferedIsNotCarriedOut() {
        simulator.script(LlmReply.answer().withToolCall("c1", "weather", "{}"), LlmReply.answer("I cannot tell."));
        say("{\"ask\":\"hi\",\"tools\":[\"slow\"]}");
        end();
        assertThat(results()).singleElement().asString().contains("no tool of this name");
        assertThat(carriedOut).isEmpty();
    }

    @Test
    void aLongResultIsCut() {
        simulator.script(LlmReply.answer().withToolCall("c1", "long", "{}"), LlmReply.answer("Long."));
        say("{\"ask\":\"hi\"}");
        end();
        assertThat(results())
                .singleElement()
                .asString()
                .hasSizeBetween(65_536, 65_600)
                .endsWith("(cut)");
    }

    @Test
    void roundsAreBounded() {
        IntStream.range(0, 9).forEach(i -> simulator.script(LlmReply.answer().withToolCall("c" + i, "weather", "{}")));
        say("{\"ask\":\"hi\"}");
        assertThat(end().path("code").asString()).isEqualTo("tools");
        assertThat(end().path("message").asString()).contains("at most 2").contains("llm.max-tool-rounds");
        assertThat(simulator.received()).isEqualTo(3);
        assertThat(carriedOut).hasSize(2);
    }

    @Test
    void callsOfOneAnswerAreBounded() {
        List<String> calls = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            calls.add("{\"index\":" + i + ",\"id\":\"c" + i
                    + "\",\"type\":\"function\",\"function\":{\"name\":\"weather\",\"arguments\":\"{}\"}}");
        }
        simulator.script(
                LlmReply.events(
                        "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[" + String.join(",", calls)
                                + "]},\"finish_reason\":\"tool_calls\"}]}\n\ndata: [DONE]\n\n",
                        LlmReply.End.COMPLETE),
                LlmReply.answer("Sunny."));
        say("{\"ask\":\"hi\"}");
        end();
        assertThat(carriedOut).hasSize(16);
        assertThat(results()).hasSize(20);
        assertThat(results().getLast()).contains("at most 16 calls");
    }

    @Test
    void aCancelledQuestionDoesNotWaitForItsTool() {
        simulator.script(LlmReply.answer().withToolCall("c1", "endless", "{}"));
        say("{\"ask\":\"hi\",\"id\":\"q1\"}");
        await().until(() -> carriedOut.size() == 1);
        say("{\"cancel\":\"q1\"}");
        assertThat(end().path("code").asString()).isEqualTo("cancelled");
        await().until(() -> llm.underWay() == 0);
        assertThat(simulator.received()).isOne();
    }

    @ParameterizedTest
    @ValueSource(strings = {"endless", "weather"})
    void theDeadlineIsForAllRoundsAndTools(String tool) {
        router.remove(LlmLogic.NAME);
        llm = logic(Duration.ofSeconds(1));
        router.add(LlmLogic.NAME, llm.logic());
        simulator.script(LlmReply.answer().withToolCall("c1", tool, "{}"), new LlmReply.Silence());
        say("{\"ask\":\"hi\"}");
        assertThat(end().path("code").asString()).isEqualTo("timeout");
        assertThat(carriedOut).hasSize(1);
        await().until(() -> llm.underWay() == 0);
    }

    @Test
    void aRequestIsAnsweredOnceWhateverTheRounds() {
        simulator.script(LlmReply.answer().withToolCall("c1", "weather", "{}"), LlmReply.answer("It is sunny."));
        Message question = Message.of(ASKER, Address.logic(LlmLogic.NAME), Payload.text("hi"));
        Message reply = router.request(question, Duration.ofSeconds(20))
                .toCompletableFuture()
                .join();
        assertThat(((Payload.Text) reply.payload()).value()).contains("\"text\":\"It is sunny.\"");
        assertThat(heard).isEmpty();
    }
}
