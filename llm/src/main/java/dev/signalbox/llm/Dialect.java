package dev.signalbox.llm;

import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import dev.langchain4j.model.ollama.OllamaChatModel;
import dev.langchain4j.model.ollama.OllamaChatRequestParameters;
import dev.langchain4j.model.ollama.OllamaStreamingChatModel;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiChatRequestParameters;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * LangChain4j's models for one endpoint, and how our parameters become theirs.
 *
 * <p>Azure is spoken by the OpenAI model, to the deployment's own URL: the requests are the same but for the login and the
 * API version, and in this way one transport serves all, where the Azure SDK would bring a second with other rules.
 *
 * @param parameters of a request, from ours
 */
record Dialect(
        Optional<ChatModel> whole,
        Optional<StreamingChatModel> streamed,
        Function<LlmParameters, DefaultChatRequestParameters.Builder<?>> parameters) {

    static Dialect of(LlmEndpoint endpoint, Function<Framing, HttpClientBuilder> transport) {
        return switch (endpoint) {
            case LlmEndpoint.OpenAi it -> openAi(it, transport.apply(Framing.EVENTS));
            case LlmEndpoint.Azure it -> azure(it, transport.apply(Framing.EVENTS));
            case LlmEndpoint.Ollama it -> ollama(it, transport.apply(Framing.LINES));
        };
    }

    static Dialect plugged(Optional<ChatModel> whole, Optional<StreamingChatModel> streamed) {
        return new Dialect(
                whole, streamed, ours -> common(DefaultChatRequestParameters.builder(), ours, Optional.empty()));
    }

    private static Dialect openAi(LlmEndpoint.OpenAi at, HttpClientBuilder transport) {
        return openAi(
                new OpenAiServer(
                        transport,
                        at.url().toString(),
                        at.key().orElse(null),
                        at.organization().orElse(null),
                        Map::of,
                        Map.of()),
                at.modelId(),
                at.reasoning());
    }

    private static Dialect azure(LlmEndpoint.Azure at, HttpClientBuilder transport) {
        String base = at.url().toString().replaceAll("/+$", "") + "/openai/deployments/" + at.deployment();
        Supplier<Map<String, String>> login = switch (at.login()) {
            case LlmEndpoint.Azure.Login.Key(String key) -> () -> Map.of("api-key", key);
            case LlmEndpoint.Azure.Login.Token(Supplier<String> token) ->
                () -> Map.of("Authorization", "Bearer " + token.get());
        };
        return openAi(
                new OpenAiServer(transport, base, null, null, login, Map.of("api-version", at.apiVersion())),
                at.deployment(),
                at.reasoning());
    }

    /** What differs between servers that speak like OpenAI. */
    private record OpenAiServer(
            HttpClientBuilder transport,
            String url,
            @Nullable String key,
            @Nullable String organization,
            Supplier<Map<String, String>> headers,
            Map<String, String> query) {}

    private static Dialect openAi(OpenAiServer at, String modelId, boolean reasoning) {
        var whole = OpenAiChatModel.builder()
                .httpClientBuilder(at.transport())
                .baseUrl(at.url())
                .apiKey(at.key())
                .organizationId(at.organization())
                .customHeaders(at.headers())
                .customQueryParams(at.query())
                .strictJsonSchema(true)
                .returnThinking(true)
                .maxRetries(0)
                .build();
        var streamed = OpenAiStreamingChatModel.builder()
                .httpClientBuilder(at.transport())
                .baseUrl(at.url())
                .apiKey(at.key())
                .organizationId(at.organization())
                .customHeaders(at.headers())
                .customQueryParams(at.query())
                .strictJsonSchema(true)
                .returnThinking(true)
                .build();
        return new Dialect(
                Optional.of(whole),
                Optional.of(streamed),
                reasoning ? ours -> thinking(modelId, ours) : ours -> talking(modelId, ours));
    }

    private static DefaultChatRequestParameters.Builder<?> talking(String modelId, LlmParameters ours) {
        var theirs = OpenAiChatRequestParameters.builder();
        ours.seed().ifPresent(theirs::seed);
        return common(theirs, ours, Optional.of(modelId));
    }

    private static DefaultChatRequestParameters.Builder<?> thinking(String modelId, LlmParameters ours) {
        var theirs = OpenAiChatRequestParameters.builder();
        ours.seed().ifPresent(theirs::seed);
        ours.maxTokens().ifPresent(theirs::maxCompletionTokens);
        return theirs.modelName(ours.modelId().orElse(modelId));
    }

    private static Dialect ollama(LlmEndpoint.Ollama at, HttpClientBuilder transport) {
        Supplier<Map<String, String>> headers = () ->
                at.key().map(key -> Map.of("Authorization", "Bearer " + key)).orElseGet(Map::of);
        var whole = OllamaChatModel.builder()
                .httpClientBuilder(transport)
                .baseUrl(at.url().toString())
                .modelName(at.modelId())
                .customHeaders(headers)
                .returnThinking(true)
                .maxRetries(0)
                .build();
        var streamed = OllamaStreamingChatModel.builder()
                .httpClientBuilder(transport)
                .baseUrl(at.url().toString())
                .modelName(at.modelId())
                .customHeaders(headers)
                .returnThinking(true)
                .build();
        return new Dialect(Optional.of(whole), Optional.of(streamed), ours -> local(at, ours));
    }

    private static DefaultChatRequestParameters.Builder<?> local(LlmEndpoint.Ollama at, LlmParameters ours) {
        var theirs = OllamaChatRequestParameters.builder();
        ours.seed().ifPresent(theirs::seed);
        at.contextTokens().ifPresent(theirs::numCtx);
        return common(theirs, ours, Optional.of(at.modelId()));
    }

    private static DefaultChatRequestParameters.Builder<?> common(
            DefaultChatRequestParameters.Builder<?> theirs, LlmParameters ours, Optional<String> modelId) {
        ours.modelId().or(() -> modelId).ifPresent(theirs::modelName);
        ours.temperature().ifPresent(theirs::temperature);
        ours.topP().ifPresent(theirs::topP);
        ours.maxTokens().ifPresent(theirs::maxOutputTokens);
        if (!ours.stop().isEmpty()) {
            theirs.stopSequences(ours.stop());
        }
        return theirs;
    }

    ChatRequest request(LlmRequest request, LlmParameters ours) {
        var theirs = parameters.apply(ours);
        if (!request.tools().isEmpty()) {
            theirs.toolSpecifications(request.tools());
        }
        request.format().ifPresent(theirs::responseFormat);
        ChatRequestParameters built = theirs.build();
        return ChatRequest.builder()
                .messages(request.messages())
                .parameters(built)
                .build();
    }
}
