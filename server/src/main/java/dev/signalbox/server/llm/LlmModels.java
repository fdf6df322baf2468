package dev.signalbox.server.llm;

import com.azure.identity.DefaultAzureCredentialBuilder;
import dev.signalbox.llm.AzureLogin;
import dev.signalbox.llm.LlmBudgetStore;
import dev.signalbox.llm.LlmClient;
import dev.signalbox.llm.LlmEndpoint;
import dev.signalbox.llm.LlmHttp;
import dev.signalbox.llm.LlmListener;
import dev.signalbox.llm.LlmModel;
import dev.signalbox.server.configuration.Secret;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What the configuration of language models means for their library. */
final class LlmModels {
    private static final URI OPENAI = URI.create("https://api.openai.com/v1");
    private static final URI OLLAMA = URI.create("http://127.0.0.1:11434");

    private LlmModels() {}

    /**
     * Puts a client together. Models that are reached in the same way share an HTTP client.
     *
     * @param store where it is kept what was used of the budgets; without one in memory
     * @return empty if no model is configured
     */
    public static Optional<LlmClient> client(
            LlmConfig config, LlmListener listener, Optional<? extends LlmBudgetStore> store) {
        if (config.models().isEmpty()) {
            return Optional.empty();
        }
        var builder = LlmClient.builder()
                .options(config.options())
                .budgets(config.budgets())
                .listener(listener);
        store.ifPresent(builder::budgetStore);
        Map<LlmHttp, HttpClient> clients = new HashMap<>();
        config.models().forEach(model -> builder.model(model(model, clients)));
        return Optional.of(builder.build());
    }

    private static LlmModel model(LlmConfig.Model config, Map<LlmHttp, HttpClient> clients) {
        Map<String, String> headers = new HashMap<>();
        config.headers().forEach((name, value) -> headers.put(name, value.value()));
        LlmModel usual = LlmModel.of(config.name(), endpoint(config))
                .withHeaders(headers)
                .withParameters(config.parameters())
                .withFallbacks(config.fallbacks().toArray(String[]::new));
        LlmModel model = config.http().equals(LlmHttp.DEFAULT)
                ? usual
                : usual.withHttpClient(clients.computeIfAbsent(config.http(), LlmHttp::client));
        LlmModel priced = config.price().map(model::withPrice).orElse(model);
        return config.timeout().map(priced::withAttemptTimeout).orElse(priced);
    }

    private static LlmEndpoint endpoint(LlmConfig.Model config) {
        Optional<String> key = config.key().map(Secret::value);
        return switch (config.provider()) {
            case OPENAI ->
                new LlmEndpoint.OpenAi(
                        config.url().orElse(OPENAI),
                        key,
                        config.organization(),
                        config.modelId().orElseThrow(),
                        config.reasoning());
            case AZURE ->
                new LlmEndpoint.Azure(
                        config.url().orElseThrow(),
                        key.<LlmEndpoint.Azure.Login>map(LlmEndpoint.Azure.Login.Key::new)
                                .orElseGet(LlmModels::azureLogin),
                        config.modelId().orElseThrow(),
                        config.apiVersion(),
                        config.reasoning());
            case OLLAMA ->
                new LlmEndpoint.Ollama(
                        config.url().orElse(OLLAMA),
                        key,
                        config.modelId().orElse(LlmEndpoint.Ollama.MODEL),
                        config.contextTokens());
        };
    }

    /** The credentials of the environment: variables, workload identity, managed identity, the Azure CLI's login. */
    private static LlmEndpoint.Azure.Login azureLogin() {
        return new LlmEndpoint.Azure.Login.Token(AzureLogin.of(new DefaultAzureCredentialBuilder().build()));
    }
}
