package dev.signalbox.server.llm;

import dev.signalbox.llm.LlmBudgets;
import dev.signalbox.llm.LlmHttp;
import dev.signalbox.llm.LlmOptions;
import dev.signalbox.llm.LlmParameters;
import dev.signalbox.llm.LlmPrice;
import dev.signalbox.server.configuration.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.node.ObjectNode;

/**
 * The language models of a server. Without models, nobody can ask.
 *
 * @param models the first is asked where a question names none
 * @param tools what they may call
 * @param toolRounds how often, for one question
 * @param concurrency questions under way at a time, of all clients
 * @param concurrencyPerClient of one client
 */
record LlmConfig(
        List<Model> models,
        LlmOptions options,
        LlmBudgets budgets,
        BudgetStore budgetStore,
        List<Tool> tools,
        int toolRounds,
        int concurrency,
        int concurrencyPerClient) {

    /** Where it is kept what was used of the budgets. */
    public enum BudgetStore {
        MEMORY,
        DATABASE
    }

    /**
     * A tool that models may call.
     *
     * @param logic the name of the logic that carries it out
     * @param parameters a JSON schema
     */
    public record Tool(String name, String description, String logic, ObjectNode parameters, Duration timeout) {}

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
            LlmHttp http,
            Map<String, Secret> headers,
            Optional<String> modelId,
            String apiVersion,
            boolean reasoning,
            OptionalInt contextTokens,
            LlmParameters parameters,
            Optional<LlmPrice> price,
            Optional<Duration> timeout,
            List<String> fallbacks) {}
}
