package dev.signalbox.server.llm;

import dev.signalbox.llm.LlmBudgets;
import dev.signalbox.llm.LlmOptions;
import dev.signalbox.llm.LlmParameters;
import dev.signalbox.llm.LlmPrice;
import dev.signalbox.server.configuration.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The language models of a server. Without models, nobody can ask.
 *
 * @param models the first is asked where a question names none
 * @param concurrency questions under way at a time, of all clients
 * @param concurrencyPerClient of one client
 */
record LlmConfig(
        List<Model> models, LlmOptions options, LlmBudgets budgets, int concurrency, int concurrencyPerClient) {

    /** Whose API a model speaks. */
    public enum Provider {
        OPENAI,
        AZURE,
        OLLAMA
    }

    /**
     * One model.
     *
     * @param modelId the provider's name for it; Azure's deployment
     * @param key Azure without one uses the credentials of its environment
     */
    public record Model(
            String name,
            Provider provider,
            Optional<URI> url,
            Optional<Secret> key,
            Optional<String> organization,
            Optional<String> modelId,
            String apiVersion,
            boolean reasoning,
            OptionalInt contextTokens,
            LlmParameters parameters,
            Optional<LlmPrice> price,
            Optional<Duration> timeout,
            List<String> fallbacks) {}
}
