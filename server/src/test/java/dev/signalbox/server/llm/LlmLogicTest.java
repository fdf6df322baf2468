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
import dev.signalbox.router.MessageId;
import dev.signalbox.router.Payload;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterOptions;
import dev.signalbox.router.SessionInfo;
import dev.signalbox.testing.simulator.LlmReply;
import dev.signalbox.testing.simulator.LlmSimulator;
import dev.signalbox.testing.simulator.LlmSimulatorOptions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Questions to {@code logic:llm}, asked by a logic that stands in for a client: bounds, cancellation, errors, metrics. */
class LlmLogicTest {
    private static final String PIECE = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hel\"}}]}\n\n";
    private static final Address ASKER = Address.logic("asker");

    private final LlmSimulator simulator = LlmSimulator.start(LlmSimulatorOptions.defaults());
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final LlmClient models = LlmClient.builder()
            .model(LlmModel.of("m", LlmEndpoint.OpenAi.compatible(simulator.openAi(), Optional.empty(), "gpt"))
                    .withPrice(LlmPrice.perMillion("1", "1", "1")))
            .listener(new LlmMetrics(registry))
            .build();
    private final LlmLogic llm =
            new LlmLogic(models, new LlmTools(List.of(), 1, (tool, failed, took) -> {}), Duration.ofMinutes(5), 3, 2);
    private final Router router = Router.create(RouterOptions.defaults());
    private final List<JsonNode> heard = new CopyOnWriteArrayList<>();

    @BeforeEach
    void attach() {
        router.add(LlmLogic.NAME, llm.logic());
        router.add(
                "asker",
                Logic.worker((message, context) ->
                        heard.add(JsonMapper.shared().readTree(((Payload.Text) message.payload()).value()))));
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

    private List<JsonNode> of(String type) {
        return heard.stream()
                .filter(frame -> frame.path("type").asString().equals(type))
                .toList();
    }

    private JsonNode first(String type) {
        await().until(() -> !of(type).isEmpty());
        return of(type).getFirst();
    }

    @Test
    void anAnswerComesInPiecesAndThenWhole() {
        simulator.script(LlmReply.answer("Hello", " there"));
        say("{\"ask\":\"hi\",\"id\":\"q1\",\"system\":\"be brief\",\"maxTokens\":9}");
        JsonNode done = first("done");
        assertThat(of("delta"))
                .extracting(
                        frame -> frame.path("n").asInt() + frame.path("text").asString())
                .containsExactly("1Hello", "2 there");
        assertThat(done.path("id").asString()).isEqualTo("q1");
        assertThat(done.path("text").asString()).isEqualTo("Hello there");
        assertThat(done.path("model").asString()).isEqualTo("m");
        assertThat(done.path("modelId").asString()).isEqualTo("simulated-gpt");
        assertThat(done.path("finishReason").asString()).isEqualTo("stop");
        assertThat(done.path("usage").path("output").asInt()).isEqualTo(2);
        assertThat(done.path("cost").asString()).startsWith("0.0000");
        assertThat(simulator.requests().getLast().body()).contains("be brief").contains("\"max_tokens\" : 9");
        await().until(() -> llm.underWay() == 0);
        assertThat(registry.get("signalbox.llm.tokens.output").counter().count())
                .isEqualTo(2);
        assertThat(registry.get("signalbox.llm.attempts")
                        .tag("result", "ok")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void aRequestIsAnsweredOnceAndWhole() {
        simulator.script(LlmReply.answer("Hello", " there"));
        Message question = Message.of(ASKER, Address.logic(LlmLogic.NAME), Payload.text("hi"));
        Message reply = router.request(question, Duration.ofSeconds(20))
                .toCompletableFuture()
                .join();
        assertThat(((Payload.Text) reply.payload()).value()).contains("\"text\":\"Hello there\"");
        assertThat(heard).isEmpty();
    }

    @Test
    void anErrorIsNamed() {
        simulator.script(LlmReply.error(401, "invalid_api_key", "no"));
        say("{\"ask\":\"hi\",\"id\":\"q1\"}");
        assertThat(first("error").path("code").asString()).isEqualTo("authentication");
        assertThat(registry.get("signalbox.llm.failures")
                        .tag("reason", "authentication")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void whatWasSaidBeforeAndTheFormOfTheAnswerReachTheModel() {
        simulator.script(LlmReply.answer("{\"sum\":4}"));
        say("""
                {"ask": "and of that?", "system": "be brief",
                 "history": [{"role": "user", "text": "1+1?"}, {"role": "assistant", "text": "2"}],
                 "schema": {"type": "object", "properties": {"sum": {"type": "integer"}}, "required": ["sum"],
                            "additionalProperties": false}}""");
        assertThat(first("done").path("text").asString()).isEqualTo("{\"sum\":4}");
        JsonNode body =
                JsonMapper.shared().readTree(simulator.requests().getLast().body());
        assertThat(body.path("messages").values())
                .extracting(message -> message.path("role").asString() + ": "
                        + message.path("content").asString())
                .containsExactly("system: be brief", "user: 1+1?", "assistant: 2", "user: and of that?");
        JsonNode format = body.path("response_format");
        assertThat(format.path("type").asString()).isEqualTo("json_schema");
        assertThat(format.at("/json_schema/schema/properties/sum/type").asString())
                .isEqualTo("integer");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"id\":\"q1\"}",
                "{\"ask\":\"hi\",\"history\":\"earlier\"}",
                "{\"ask\":\"hi\",\"history\":[{\"role\":\"system\",\"text\":\"obey\"}]}",
                "{\"ask\":\"hi\",\"history\":[{\"role\":\"user\"}]}",
                "{\"ask\":\"hi\",\"schema\":\"object\"}"
            })
    void whatMakesNoSenseIsRefused(String ask) {
        say(ask);
        assertThat(first("error").path("code").asString()).isEqualTo("bad-request");
        assertThat(simulator.received()).isZero();
    }

    @Test
    void theBoundsHold() {
        for (String id : List.of("q1", "q1", "q2", "q3")) {
            simulator.script(LlmReply.events(PIECE, LlmReply.End.STALLED));
            say("{\"ask\":\"hi\",\"id\":\"" + id + "\"}");
        }
        await().until(() -> of("error").size() == 2);
        assertThat(of("error"))
                .allSatisfy(frame -> assertThat(frame.path("code").asString()).isEqualTo("busy"));
        assertThat(llm.underWay()).isEqualTo(2);
    }

    @Test
    void aCancelledQuestionEndsAndMakesRoom() {
        simulator.script(LlmReply.events(PIECE, LlmReply.End.STALLED));
        say("{\"ask\":\"hi\",\"id\":\"q1\"}");
        first("delta");
        say("{\"cancel\":\"q1\"}");
        assertThat(first("error").path("code").asString()).isEqualTo("cancelled");
        await().until(() -> llm.underWay() == 0);
        await().until(() -> simulator.connections() == 0);
    }

    @Test
    void whoCannotBeReachedIsNotAskedFor() {
        simulator.script(LlmReply.events(PIECE, LlmReply.End.STALLED));
        router.send(Message.of(
                Address.client("gone"), Address.logic(LlmLogic.NAME), Payload.text("{\"ask\":\"hi\",\"id\":\"q\"}")));
        await().until(() -> simulator.received() == 1);
        await().until(() -> llm.underWay() == 0);
        await().until(() -> simulator.connections() == 0);
    }

    private static SessionInfo session() {
        return new SessionInfo(MessageId.next(), "alice", Map.of(), "127.0.0.1", Instant.EPOCH, Instant.EPOCH, true);
    }

    @Test
    void aSessionThatEndsCancelsItsQuestionsAndNoOthers() {
        simulator.script(new LlmReply.Silence());
        SessionInfo session = session();
        router.send(Message.of(
                        Address.client("alice"),
                        Address.logic(LlmLogic.NAME),
                        Payload.text("{\"ask\":\"hi\",\"id\":\"q\"}"))
                .withOrigin(session.address()));
        await().until(() -> simulator.received() == 1);
        llm.ended(session().address());
        assertThat(llm.underWay()).as("after the end of another session").isEqualTo(1);
        llm.ended(session.address());
        await().until(() -> llm.underWay() == 0);
        await().until(() -> simulator.connections() == 0);
    }

    /** Its end was told while the question was on its way, and is not told again. */
    @Test
    void aQuestionOfASessionThatHasEndedIsCancelledAtOnce() {
        simulator.script(new LlmReply.Silence());
        SessionInfo session = session();
        llm.ended(session.address());
        Message question = Message.of(ASKER, Address.logic(LlmLogic.NAME), Payload.text("hi"))
                .withOrigin(session.address());
        Message reply = router.request(question, Duration.ofMinutes(1))
                .toCompletableFuture()
                .join();
        assertThat(((Payload.Text) reply.payload()).value()).contains("cancelled");
        assertThat(llm.underWay()).isZero();
    }

    @Test
    void aStopCancelsAndRefuses() {
        simulator.script(new LlmReply.Silence());
        say("{\"ask\":\"hi\",\"id\":\"q1\"}");
        await().until(() -> simulator.received() == 1);
        llm.close();
        assertThat(first("error").path("code").asString()).isEqualTo("cancelled");
        say("{\"ask\":\"hi\",\"id\":\"q2\"}");
        await().until(() -> of("error").size() == 2);
        assertThat(of("error").getLast().path("code").asString()).isEqualTo("busy");
    }
}
