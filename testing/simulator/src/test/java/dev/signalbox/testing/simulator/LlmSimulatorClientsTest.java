package dev.signalbox.testing.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.azure.AzureOpenAIServiceVersion;
import com.openai.azure.AzureUrlPathMode;
import com.openai.azure.credential.AzureApiKeyCredential;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.errors.InternalServerException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.ollama.OllamaChatModel;
import dev.langchain4j.model.ollama.OllamaStreamingChatModel;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.output.FinishReason;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** OpenAI's own client and LangChain4j's own models accept the simulator, so that it is no private dialect. */
class LlmSimulatorClientsTest {
    private static final String KEY = "key-1";

    private final LlmSimulator simulator =
            LlmSimulator.start(LlmSimulatorOptions.defaults().withKey(KEY));
    private final OpenAIClient openAi = openAi(KEY);

    @AfterEach
    void close() {
        openAi.close();
        simulator.close();
    }

    private OpenAIClient openAi(String key) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(simulator.openAi().toString())
                .apiKey(key)
                .maxRetries(0)
                .build();
    }

    private static ChatCompletionCreateParams.Builder ask() {
        return ChatCompletionCreateParams.builder().model("gpt-4o-mini").addUserMessage("hi");
    }

    private static ChatCompletionCreateParams.Builder askWithTool() {
        return ask().addFunctionTool(FunctionDefinition.builder()
                .name("weather")
                .parameters(FunctionParameters.builder()
                        .putAdditionalProperty("type", JsonValue.from("object"))
                        .build())
                .build());
    }

    private ChatCompletion streamed(ChatCompletionCreateParams params) {
        var whole = ChatCompletionAccumulator.create();
        try (var stream = openAi.chat().completions().createStreaming(params)) {
            stream.stream().forEach((ChatCompletionChunk chunk) -> whole.accumulate(chunk));
        }
        return whole.chatCompletion();
    }

    @Test
    void openAisClientTakesAWholeAnswer() {
        simulator.script(LlmReply.answer("Hello", " there"));
        ChatCompletion answer =
                openAi.chat().completions().create(ask().build()).validate();
        assertThat(answer.choices().getFirst().message().content()).contains("Hello there");
        assertThat(answer.model()).startsWith("simulated-");
        assertThat(answer.usage().orElseThrow().completionTokens()).isEqualTo(2);
    }

    @Test
    void openAisClientTakesAStream() {
        simulator.script(LlmReply.answer("Hello", " there"));
        ChatCompletion answer = streamed(ask().streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .build());
        assertThat(answer.choices().getFirst().message().content()).contains("Hello there");
        assertThat(answer.usage().orElseThrow().completionTokens()).isEqualTo(2);
    }

    @Test
    void openAisClientTakesToolCalls() {
        var reply = LlmReply.answer().withToolCall("call_1", "weather", "{\"city\":", "\"Bern\"}");
        simulator.script(reply, reply);
        for (ChatCompletion answer : new ChatCompletion[] {
            openAi.chat().completions().create(askWithTool().build()).validate(),
            streamed(askWithTool().build())
        }) {
            var call = answer.choices()
                    .getFirst()
                    .message()
                    .toolCalls()
                    .orElseThrow()
                    .getFirst()
                    .asFunction();
            assertThat(call.id()).isEqualTo("call_1");
            assertThat(call.function().arguments()).isEqualTo("{\"city\":\"Bern\"}");
        }
    }

    @Test
    void openAisClientKnowsItsErrors() {
        OpenAIClient stranger = openAi("wrong");
        assertThatThrownBy(() -> stranger.chat().completions().create(ask().build()))
                .isInstanceOf(UnauthorizedException.class);
        stranger.close();
        simulator.script(LlmReply.tooMany("retry-after", "1"), LlmReply.error(503, "busy", "simulated"));
        assertThatThrownBy(() -> openAi.chat().completions().create(ask().build()))
                .isInstanceOf(RateLimitException.class);
        assertThatThrownBy(() -> openAi.chat().completions().create(ask().build()))
                .isInstanceOf(InternalServerException.class);
    }

    private static ChatResponse collect(StreamingChatModel model, ChatRequest request) throws Exception {
        var end = new CompletableFuture<ChatResponse>();
        var text = new StringBuilder();
        model.chat(request, new StreamingChatResponseHandler() {
            @Override
            public void onPartialResponse(String piece) {
                text.append(piece);
            }

            @Override
            public void onCompleteResponse(ChatResponse response) {
                end.complete(response);
            }

            @Override
            public void onError(Throwable error) {
                end.completeExceptionally(error);
            }
        });
        ChatResponse response = end.get(20, TimeUnit.SECONDS);
        assertThat(text.toString())
                .isEqualTo(
                        response.aiMessage().text() == null
                                ? ""
                                : response.aiMessage().text());
        return response;
    }

    private static final ChatRequest HI =
            ChatRequest.builder().messages(UserMessage.from("hi")).build();

    private void check(ChatResponse response) {
        assertThat(response.aiMessage().text()).isEqualTo("Hello there");
        assertThat(response.finishReason()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void langChain4jsOpenAiModelsTakeIt() throws Exception {
        simulator.script(LlmReply.answer("Hello", " there"), LlmReply.answer("Hello", " there"));
        String url = simulator.openAi().toString();
        check(OpenAiChatModel.builder()
                .baseUrl(url)
                .apiKey(KEY)
                .modelName("gpt")
                .build()
                .chat(HI));
        ChatResponse streamed = collect(
                OpenAiStreamingChatModel.builder()
                        .baseUrl(url)
                        .apiKey(KEY)
                        .modelName("gpt")
                        .build(),
                HI);
        check(streamed);
        assertThat(streamed.tokenUsage().outputTokenCount()).isEqualTo(2);
    }

    /** LangChain4j's Azure models are left out: Azure's SDK sends a key over HTTPS only. */
    @Test
    void openAisClientTakesItForAzure() {
        simulator.script(LlmReply.answer("Hello", " there"));
        OpenAIClient azure = OpenAIOkHttpClient.builder()
                .baseUrl(simulator.root().toString())
                .credential(AzureApiKeyCredential.create(KEY))
                .azureServiceVersion(AzureOpenAIServiceVersion.fromString("2024-08-01-preview"))
                .azureUrlPathMode(AzureUrlPathMode.LEGACY)
                .maxRetries(0)
                .build();
        ChatCompletion answer = azure.chat().completions().create(ask().build()).validate();
        assertThat(answer.choices().getFirst().message().content()).contains("Hello there");
        assertThat(simulator.requests().getLast().uri())
                .isEqualTo("/openai/deployments/gpt-4o-mini/chat/completions?api-version=2024-08-01-preview");
        azure.close();
    }

    @Test
    void langChain4jsOllamaModelsTakeIt() throws Exception {
        simulator.script(LlmReply.answer("Hello", " there"), LlmReply.answer("Hello", " there"));
        Map<String, String> login = Map.of("Authorization", "Bearer " + KEY);
        String url = simulator.root().toString();
        check(OllamaChatModel.builder()
                .baseUrl(url)
                .customHeaders(login)
                .modelName("llama")
                .build()
                .chat(HI));
        ChatResponse streamed = collect(
                OllamaStreamingChatModel.builder()
                        .baseUrl(url)
                        .customHeaders(login)
                        .modelName("llama")
                        .build(),
                HI);
        check(streamed);
        assertThat(streamed.tokenUsage().outputTokenCount()).isEqualTo(2);
    }

    @Test
    void langChain4jsModelsTakeToolCallsAndErrors() throws Exception {
        simulator.script(LlmReply.answer().withToolCall("call_1", "weather", "{\"city\":", "\"Bern\"}"));
        StreamingChatModel model = OpenAiStreamingChatModel.builder()
                .baseUrl(simulator.openAi().toString())
                .apiKey(KEY)
                .modelName("gpt")
                .build();
        ChatResponse response = collect(
                model,
                ChatRequest.builder()
                        .messages(UserMessage.from("hi"))
                        .toolSpecifications(ToolSpecification.builder()
                                .name("weather")
                                .parameters(JsonObjectSchema.builder().build())
                                .build())
                        .build());
        assertThat(response.aiMessage().toolExecutionRequests())
                .singleElement()
                .satisfies(call -> assertThat(call.arguments()).isEqualTo("{\"city\":\"Bern\"}"));
        simulator.script(LlmReply.error(429, "rate_limit_exceeded", "simulated"));
        assertThatThrownBy(() -> collect(model, HI))
                .hasCauseInstanceOf(dev.langchain4j.exception.RateLimitException.class);
    }

    @Test
    void everyAnswerSaysThatItIsSimulated() throws Exception {
        try (var http = java.net.http.HttpClient.newHttpClient()) {
            for (String path : new String[] {"/api/tags", "/nowhere"}) {
                var answer = http.send(
                        HttpRequest.newBuilder(simulator.url(path))
                                .header("api-key", KEY)
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                assertThat(answer.headers().firstValue("x-signalbox-simulated")).contains("true");
                assertThat(answer.body()).contains("simulated");
            }
        }
    }
}
