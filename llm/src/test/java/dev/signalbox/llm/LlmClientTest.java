package dev.signalbox.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ResponseFormat;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.request.json.JsonSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import dev.signalbox.testing.simulator.LlmReply;
import dev.signalbox.testing.simulator.LlmSimulator;
import dev.signalbox.testing.simulator.LlmSimulatorOptions;
import dev.signalbox.testing.simulator.LlmSimulatorRequest;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Each provider, whole and streamed: what goes out, and what comes back. */
class LlmClientTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String KEY = "sk-secret-1";

    private final LlmSimulator simulator = LlmSimulator.start(LlmSimulatorOptions.defaults());
    private final LlmClient client = LlmClient.builder()
            .model(LlmModel.of(
                            "openai",
                            new LlmEndpoint.OpenAi(
                                    simulator.openAi(), Optional.of(KEY), Optional.of("org-1"), "gpt", false))
                    .withPrice(LlmPrice.perMillion("2.50", "1.25", "10")))
            .model(LlmModel.of(
                    "reasoning",
                    new LlmEndpoint.OpenAi(simulator.openAi(), Optional.of(KEY), Optional.empty(), "o4", true)))
            .model(LlmModel.of("azure", LlmEndpoint.Azure.withKey(simulator.root(), KEY, "dep")))
            .model(LlmModel.of("azure-ad", LlmEndpoint.Azure.withToken(simulator.root(), () -> "token-1", "dep")))
            .model(LlmModel.of(
                    "ollama",
                    new LlmEndpoint.Ollama(simulator.root(), Optional.empty(), "llama3.1:8b", OptionalInt.of(8192))))
            .build();

    @AfterEach
    void close() {
        simulator.close();
    }

    private JsonNode sent() throws Exception {
        return JSON.readTree(request().body());
    }

    private LlmSimulatorRequest request() {
        return simulator.requests().getLast();
    }

    private RecordingListener stream(LlmRequest request) {
        var heard = new RecordingListener();
        client.stream(request, heard);
        return heard;
    }

    @Test
    void openAiAnswersWhole() throws Exception {
        simulator.script(LlmReply.answer("Hello", " there"));
        LlmResponse response = client.generate(LlmRequest.of("hi").withSystem("be brief"));
        assertThat(response.text()).isEqualTo("Hello there");
        LlmResponse.Metadata metadata = response.metadata();
        assertThat(metadata.model()).isEqualTo("openai");
        assertThat(metadata.modelId()).contains("simulated-gpt");
        assertThat(metadata.id()).contains("chatcmpl-simulated");
        assertThat(metadata.type()).contains("chat.completion");
        assertThat(metadata.finishReason()).contains(FinishReason.STOP);
        assertThat(metadata.timeToFirstToken()).isEmpty();
        assertThat(metadata.latency()).isPositive();
        assertThat(metadata.usage().orElseThrow().output()).isEqualTo(2);
        BigDecimal expected =
                LlmPrice.perMillion("2.50", "1.25", "10").of(metadata.usage().orElseThrow());
        assertThat(metadata.cost()).contains(expected);
        assertThat(metadata.attempts()).singleElement().satisfies(attempt -> {
            assertThat(attempt.kind()).isEqualTo(LlmAttempt.Kind.FIRST);
            assertThat(attempt.error()).isEmpty();
            assertThat(attempt.cost()).contains(expected);
        });
        assertThat(request().headers()).containsEntry("authorization", "Bearer " + KEY);
        assertThat(request().headers()).containsEntry("openai-organization", "org-1");
        assertThat(sent().path("messages").path(0).path("role").asText()).isEqualTo("system");
        assertThat(sent().path("messages").path(1).path("content").asText()).isEqualTo("hi");
    }

    @Test
    void openAiStreamsWithUsage() throws Exception {
        simulator.script(LlmReply.answer("Hello", " there"));
        RecordingListener heard = stream(LlmRequest.of("hi"));
        LlmResponse response = heard.response();
        assertThat(heard.pieces).containsExactly("Hello", " there");
        assertThat(response.text()).isEqualTo("Hello there");
        assertThat(response.metadata().type()).contains("chat.completion.chunk");
        assertThat(response.metadata().usage().orElseThrow().output()).isEqualTo(2);
        assertThat(response.metadata().cost()).isPresent();
        assertThat(response.metadata().timeToFirstToken()).isPresent();
        assertThat(sent().path("stream_options").path("include_usage").asBoolean())
                .isTrue();
    }

    @Test
    void defaultsAreThoseOfTheSeed() throws Exception {
        client.generate(LlmRequest.of("hi"));
        assertThat(sent().path("max_tokens").asInt()).isEqualTo(1024);
        assertThat(sent().path("temperature").isNumber()).isTrue();
        assertThat(sent().path("temperature").asDouble()).isZero();
        assertThat(LlmEndpoint.Azure.API_VERSION).isEqualTo("2024-08-01-preview");
        assertThat(LlmEndpoint.Ollama.at(URI.create("http://x")).modelId()).isEqualTo("llama3.1:8b");
        assertThat(LlmEndpoint.Ollama.at(URI.create("http://x")).attemptTimeout())
                .hasValueSatisfying(time -> assertThat(time).hasSeconds(120));
    }

    @Test
    void parametersOfTheRequestGoFirst() throws Exception {
        client.generate(LlmRequest.of("hi")
                .withParameters(LlmParameters.NONE
                        .withTemperature(0.7)
                        .withMaxTokens(7)
                        .withTopP(0.9)
                        .withSeed(42)
                        .withStop(List.of("END"))
                        .withModelId("gpt-other")));
        JsonNode sent = sent();
        assertThat(sent.path("model").asText()).isEqualTo("gpt-other");
        assertThat(sent.path("temperature").asDouble()).isEqualTo(0.7);
        assertThat(sent.path("max_tokens").asInt()).isEqualTo(7);
        assertThat(sent.path("top_p").asDouble()).isEqualTo(0.9);
        assertThat(sent.path("seed").asInt()).isEqualTo(42);
        assertThat(sent.path("stop").path(0).asText()).isEqualTo("END");
    }

    @Test
    void reasoningModelsAreAskedInTheirWay() throws Exception {
        client.generate(LlmRequest.of("hi").withModels("reasoning"));
        assertThat(sent().path("max_completion_tokens").asInt()).isEqualTo(1024);
        assertThat(sent().has("max_tokens")).isFalse();
        assertThat(sent().has("temperature")).isFalse();
    }

    @Test
    void azureIsAskedAtItsDeploymentWithItsKey() {
        simulator.script(LlmReply.answer("a", "b"), LlmReply.answer("a", "b"));
        assertThat(client.generate(LlmRequest.of("hi").withModels("azure")).text())
                .isEqualTo("ab");
        assertThat(stream(LlmRequest.of("hi").withModels("azure")).response().text())
                .isEqualTo("ab");
        assertThat(request().uri())
                .isEqualTo("/openai/deployments/dep/chat/completions?api-version=2024-08-01-preview");
        assertThat(request().headers()).containsEntry("api-key", KEY).doesNotContainKey("authorization");
    }

    @Test
    void azureIsAskedWithATokenOfAzureAd() {
        client.generate(LlmRequest.of("hi").withModels("azure-ad"));
        assertThat(request().headers())
                .containsEntry("authorization", "Bearer token-1")
                .doesNotContainKey("api-key");
    }

    @Test
    void aTokenOfAzureAdIsKeptUntilItExpires() {
        var fetched = new AtomicInteger();
        var now = new AtomicReference<>(Instant.EPOCH);
        TokenCredential credential = context -> {
            assertThat(context.getScopes()).containsExactly("https://cognitiveservices.azure.com/.default");
            OffsetDateTime expires = OffsetDateTime.ofInstant(now.get().plusSeconds(3600), ZoneOffset.UTC);
            return Mono.just(new AccessToken("token-" + fetched.incrementAndGet(), expires));
        };
        AzureLogin login = AzureLogin.of(credential, now::get);
        assertThat(login.get()).isEqualTo("token-1");
        assertThat(login.get()).isEqualTo("token-1");
        now.set(Instant.EPOCH.plusSeconds(3500));
        assertThat(login.get()).isEqualTo("token-2");
    }

    @Test
    void ollamaIsAskedByItsOwnApi() throws Exception {
        simulator.script(LlmReply.answer("a", "b"), LlmReply.answer("a", "b"));
        assertThat(client.generate(LlmRequest.of("hi").withModels("ollama")).text())
                .isEqualTo("ab");
        RecordingListener heard = stream(LlmRequest.of("hi").withModels("ollama"));
        assertThat(heard.response().metadata().usage().orElseThrow().output()).isEqualTo(2);
        assertThat(heard.pieces).containsExactly("a", "b");
        assertThat(request().uri()).isEqualTo("/api/chat");
        assertThat(sent().path("options").path("num_ctx").asInt()).isEqualTo(8192);
        assertThat(sent().path("options").path("num_predict").asInt()).isEqualTo(1024);
        assertThat(sent().path("options").path("temperature").isNumber()).isTrue();
    }

    @Test
    void toolCallsComeThroughInPieces() throws Exception {
        simulator.script(LlmReply.answer().withToolCall("call_1", "weather", "{\"city\":", "\"Bern\"}"));
        var tool = ToolSpecification.builder()
                .name("weather")
                .parameters(JsonObjectSchema.builder().addStringProperty("city").build())
                .build();
        RecordingListener heard = stream(LlmRequest.of("hi").withTools(tool));
        assertThat(heard.response().metadata().finishReason()).contains(FinishReason.TOOL_EXECUTION);
        assertThat(heard.tools).singleElement().satisfies(call -> {
            assertThat(call.id()).isEqualTo("call_1");
            assertThat(call.arguments()).isEqualTo("{\"city\":\"Bern\"}");
        });
        assertThat(sent().path("tools").path(0).path("function").path("name").asText())
                .isEqualTo("weather");
        assertThat(heard.response().message().toolExecutionRequests()).hasSize(1);
    }

    @Test
    void aJsonSchemaIsPassedOn() throws Exception {
        var format = ResponseFormat.builder()
                .type(ResponseFormatType.JSON)
                .jsonSchema(JsonSchema.builder()
                        .name("person")
                        .rootElement(JsonObjectSchema.builder()
                                .addStringProperty("name")
                                .addIntegerProperty("age")
                                .build())
                        .build())
                .build();
        for (String model : List.of("openai", "ollama")) {
            LlmResponse response =
                    client.generate(LlmRequest.of("hi").withModels(model).withFormat(format));
            assertThat(JSON.readTree(response.text()))
                    .isEqualTo(JSON.valueToTree(Map.of("name", "simulated", "age", 0)));
        }
    }

    @Test
    void anyModelOfLangChain4jCanBePluggedIn() {
        ChatModel echo = new ChatModel() {
            @Override
            public ChatResponse doChat(ChatRequest request) {
                return ChatResponse.builder().aiMessage(AiMessage.from("echo")).build();
            }
        };
        LlmClient plugged = LlmClient.builder().model(LlmModel.of("echo", echo)).build();
        assertThat(plugged.generate(LlmRequest.of("hi")).text()).isEqualTo("echo");
        var heard = new RecordingListener();
        plugged.stream(LlmRequest.of("hi"), heard);
        assertThat(heard.response().text()).isEqualTo("echo");
        assertThat(heard.pieces).containsExactly("echo");
    }

    @Test
    void errorsHaveTypes() {
        Map<LlmReply, Class<? extends LlmException>> expected = Map.of(
                LlmReply.error(401, "invalid_api_key", "no"),
                LlmException.Authentication.class,
                LlmReply.error(403, "forbidden", "no"),
                LlmException.Authentication.class,
                LlmReply.error(404, "model_not_found", "no"),
                LlmException.BadRequest.class,
                LlmReply.error(400, "context_length_exceeded", "too long"),
                LlmException.ContextTooLong.class,
                LlmReply.error(400, "content_filter", "no"),
                LlmException.ContentFiltered.class,
                LlmReply.error(400, "invalid_value", "no"),
                LlmException.BadRequest.class,
                LlmReply.error(429, "rate_limit_exceeded", "slower"),
                LlmException.RateLimited.class,
                LlmReply.error(429, "insufficient_quota", "pay"),
                LlmException.RateLimited.class,
                LlmReply.error(500, "server_error", "oops"),
                LlmException.Unavailable.class,
                new LlmReply.Bytes(
                        "text/html", List.of("<html>".getBytes(StandardCharsets.UTF_8)), LlmReply.End.COMPLETE),
                LlmException.Unavailable.class);
        LlmClient once = LlmClient.builder()
                .model(LlmModel.of("m", LlmEndpoint.OpenAi.compatible(simulator.openAi(), Optional.of(KEY), "gpt")))
                .options(LlmOptions.DEFAULT
                        .withRetries(0, LlmOptions.DEFAULT.backoff())
                        .withCircuit(0, LlmOptions.DEFAULT.circuitOpen()))
                .build();
        expected.forEach((reply, type) -> {
            simulator.script(reply, reply);
            assertThatThrownBy(() -> once.generate(LlmRequest.of("hi")))
                    .as("%s", reply)
                    .isInstanceOf(type);
            var heard = new RecordingListener();
            once.stream(LlmRequest.of("hi"), heard);
            assertThat(heard.error()).as("%s", reply).isInstanceOf(type);
            assertThat(heard.error().attempts()).hasSize(1);
        });
    }

    @Test
    void keysAreNotInTexts() {
        var azure = LlmEndpoint.Azure.withKey(simulator.root(), KEY, "dep");
        var openAi = LlmEndpoint.OpenAi.of(KEY, "gpt");
        var ollama = new LlmEndpoint.Ollama(simulator.root(), Optional.of(KEY), "m", OptionalInt.empty());
        assertThat(List.of(azure, openAi, ollama, LlmModel.of("m", openAi)).toString())
                .doesNotContain(KEY);
    }

    @Test
    void anUnknownModelIsNamed() {
        assertThatThrownBy(() -> client.generate(LlmRequest.of("hi").withModels("gpt-9")))
                .isInstanceOf(LlmException.BadRequest.class)
                .hasMessageContaining("'gpt-9'")
                .hasMessageContaining("openai, reasoning");
    }
}
