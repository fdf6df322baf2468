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
import java.util.HashMap;
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
record ProviderModels(
        Optional<ChatModel> whole,
        Optional<StreamingChatModel> streamed,
        Function<LlmParameters, DefaultChatRequestParameters.Builder<?>> parameters) {

    /** @param headers on each request, beside the endpoint's own */
    static ProviderModels of(
            LlmEndpoint endpoint, Function<StreamFormat, HttpClientBuilder> transport, Map<String, String> headers) {
        return switch (endpoint) {
            case LlmEndpoint.OpenAi it -> openAi(it, transport.apply(StreamFormat.SSE), headers);
            case LlmEndpoint.Azure it -> azure(it, transport.apply(StreamFormat.SSE), headers);
            case LlmEndpoint.Ollama it -> ollama(it, transport.apply(StreamFormat.NDJSON), headers);
        };
    }

    static ProviderModels plugged(Optional<ChatModel> whole, Optional<StreamingChatModel> streamed) {
        return new ProviderModels(
                whole, streamed, ours -> common(DefaultChatRequestParameters.builder(), ours, Optional.empty()));
    }

    private static ProviderModels openAi(
            LlmEndpoint.OpenAi at, HttpClientBuilder transport, Map<String, String> headers) {
        return openAi(
                new OpenAiServer(
                        transport,
                        at.url().toString(),
                        at.key().orElse(null),
                        at.organization().orElse(null),
                        () -> headers,
                        Map.of()),
                at.modelId(),
                at.reasoning());
    }

    private static ProviderModels azure(
            LlmEndpoint.Azure at, HttpClientBuilder transport, Map<String, String> headers) {
        String base = at.url().toString().replaceAll("/+$", "") + "/openai/deployments/" + at.deployment();
        Supplier<Map<String, String>> login = switch (at.login()) {
            case LlmEndpoint.Azure.Login.Key(String key) -> () -> with(headers, "api-key", key);
            case LlmEndpoint.Azure.Login.Token(Supplier<String> token) ->
                () -> with(headers, "Authorization", "Bearer " + fetched(token));
        };
        return openAi(
                new OpenAiServer(transport, base, null, null, login, Map.of("api-version", at.apiVersion())),
                at.deployment(),
                at.reasoning());
    }

    private static Map<String, String> with(Map<String, String> headers, String name, String value) {
        var all = new HashMap<>(headers);
        all.put(name, value);
        return all;
    }

    /** Called before each attempt, on its thread. */
    private static String fetched(Supplier<String> token) {
        try {
            String fetched = token.get();
            EndpointChecks.key("token", fetched);
            return fetched;
        } catch (RuntimeException e) {
            throw new LlmException.Authentication("no token for the provider: " + e.getMessage(), e);
        }
    }

    /** What differs between servers that speak like OpenAI. */
    private record OpenAiServer(
            HttpClientBuilder transport,
            String url,
            @Nullable String key,
            @Nullable String organization,
            Supplier<Map<String, String>> headers,
            Map<String, String> query) {}

    private static ProviderModels openAi(OpenAiServer at, String modelId, boolean reasoning) {
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
        return new ProviderModels(
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

    private static ProviderModels ollama(
            LlmEndpoint.Ollama at, HttpClientBuilder transport, Map<String, String> headers) {
        Map<String, String> all = at.key()
                .map(key -> with(headers, "Authorization", "Bearer " + key))
                .orElse(headers);
        var whole = OllamaChatModel.builder()
                .httpClientBuilder(transport)
                .baseUrl(at.url().toString())
                .modelName(at.modelId())
                .customHeaders(all)
                .returnThinking(true)
                .maxRetries(0)
                .build();
        var streamed = OllamaStreamingChatModel.builder()
                .httpClientBuilder(transport)
                .baseUrl(at.url().toString())
                .modelName(at.modelId())
                .customHeaders(all)
                .returnThinking(true)
                .build();
        return new ProviderModels(Optional.of(whole), Optional.of(streamed), ours -> local(at, ours));
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
