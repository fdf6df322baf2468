package dev.signalbox.server.llm;

import dev.signalbox.llm.LlmBudget;
import dev.signalbox.llm.LlmBudgets;
import dev.signalbox.llm.LlmHttp;
import dev.signalbox.llm.LlmOptions;
import dev.signalbox.llm.LlmParameters;
import dev.signalbox.llm.LlmPrice;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Reading;
import dev.signalbox.server.configuration.Secret;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;

/** The language models as configured. */
final class LlmSettings {
    private final Reading reading;

    LlmSettings(Reading reading) {
        this.reading = reading;
    }

    LlmConfig compose() {
        var models = new ArrayList<LlmConfig.Model>();
        for (int i = 0; i < reading.size(LlmKeys.NAME_OF); i++) {
            model(i).ifPresent(models::add);
        }
        checkNames(models);
        return new LlmConfig(
                List.copyOf(models),
                options(),
                budgets(),
                reading.get(LlmKeys.BUDGET_STORE),
                tools(),
                reading.get(LlmKeys.TOOL_ROUNDS),
                reading.get(LlmKeys.CONCURRENCY),
                reading.get(LlmKeys.CONCURRENCY_PER_CLIENT));
    }

    private void checkNames(List<LlmConfig.Model> models) {
        var names = new HashSet<>(models.stream().map(LlmConfig.Model::name).toList());
        reading.check(names.size() == models.size(), LlmKeys.NAME_OF, "two models have the same name");
        for (int i = 0; i < models.size(); i++) {
            LlmConfig.Model model = models.get(i);
            boolean known =
                    names.containsAll(model.fallbacks()) && !model.fallbacks().contains(model.name());
            reading.check(known, LlmKeys.FALLBACKS, i, "names something else than another model");
        }
    }

    /** Reads every key, so that each mistake is named even where others already prevent the model. */
    private Optional<LlmConfig.Model> model(int i) {
        var name = reading.require(LlmKeys.NAME_OF, i);
        LlmConfig.Provider provider = reading.get(LlmKeys.PROVIDER, i);
        var url = reading.find(LlmKeys.URL, i);
        var id = modelId(i, provider);
        reading.check(
                provider != LlmConfig.Provider.AZURE || url.isPresent(),
                LlmKeys.URL,
                i,
                "is required for this provider");
        var model = new LlmConfig.Model(
                name.orElse(""),
                provider,
                url,
                reading.find(LlmKeys.API_KEY, i).map(Secret::new),
                reading.find(LlmKeys.ORGANIZATION, i),
                http(i),
                headers(i),
                id,
                reading.get(LlmKeys.API_VERSION, i),
                reading.get(LlmKeys.REASONING, i),
                optional(reading.find(LlmKeys.CONTEXT_TOKENS, i)),
                LlmParameters.NONE
                        .withMaxTokens(reading.get(LlmKeys.MAX_TOKENS, i))
                        .withTemperature(reading.get(LlmKeys.TEMPERATURE, i)),
                price(i),
                reading.find(LlmKeys.TIMEOUT, i),
                reading.find(LlmKeys.FALLBACKS, i).orElseGet(List::of));
        return name.map(given -> model);
    }

    private LlmHttp http(int i) {
        Optional<URI> proxy = reading.find(LlmKeys.PROXY_OF, i);
        Optional<Path> caFile = reading.find(LlmKeys.CA_FILE, i);
        LlmHttp proxied = proxy.map(LlmHttp.DEFAULT::withProxy).orElse(LlmHttp.DEFAULT);
        return caFile.map(proxied::withCaFile).orElse(proxied);
    }

    private Map<String, Secret> headers(int i) {
        Map<String, Secret> headers = new TreeMap<>();
        reading.named(LlmKeys.HEADERS, i).forEach((name, value) -> {
            try {
                LlmHttp.checkHeader(name, value);
                headers.put(name, new Secret(value));
            } catch (IllegalArgumentException e) {
                reading.check(
                        false, LlmKeys.HEADERS, i, "has the name " + name + ", which the HTTP client sets itself");
            }
        });
        boolean one = !headers.containsKey("authorization")
                || reading.find(LlmKeys.API_KEY, i).isEmpty();
        reading.check(one, LlmKeys.HEADERS, i, "has authorization, which " + LlmKeys.API_KEY.at(i) + " sets as well");
        return headers;
    }

    private List<LlmConfig.Tool> tools() {
        List<LlmConfig.Tool> tools = new ArrayList<>();
        for (int i = 0; i < reading.size(LlmKeys.TOOL); i++) {
            tool(i).ifPresent(tools::add);
        }
        long names = tools.stream().map(LlmConfig.Tool::name).distinct().count();
        reading.check(names == tools.size(), LlmKeys.TOOL, "two tools have the same name");
        return List.copyOf(tools);
    }

    private Optional<LlmConfig.Tool> tool(int i) {
        var name = reading.require(LlmKeys.TOOL, i);
        var description = reading.require(LlmKeys.TOOL_DESCRIPTION, i);
        var logic = reading.require(LlmKeys.TOOL_LOGIC, i);
        var parameters = reading.get(LlmKeys.TOOL_PARAMETERS, i);
        var timeout = reading.get(LlmKeys.TOOL_TIMEOUT, i);
        return name.flatMap(
                n -> description.flatMap(d -> logic.map(l -> new LlmConfig.Tool(n, d, l, parameters, timeout))));
    }

    private Optional<String> modelId(int i, LlmConfig.Provider provider) {
        if (provider == LlmConfig.Provider.AZURE) {
            return reading.require(LlmKeys.DEPLOYMENT, i);
        }
        var id = reading.find(LlmKeys.MODEL_ID, i);
        reading.check(
                provider != LlmConfig.Provider.OPENAI || id.isPresent(),
                LlmKeys.MODEL_ID,
                i,
                "is required for this provider");
        return id;
    }

    private static OptionalInt optional(Optional<Integer> value) {
        return value.map(OptionalInt::of).orElseGet(OptionalInt::empty);
    }

    private Optional<LlmPrice> price(int i) {
        var input = reading.find(LlmKeys.PRICE_INPUT, i);
        var cached = reading.find(LlmKeys.PRICE_CACHED, i).or(() -> input);
        var output = reading.find(LlmKeys.PRICE_OUTPUT, i);
        reading.check(
                input.isPresent() == output.isPresent() && (input.isPresent() || cached.isEmpty()),
                LlmKeys.PRICE_INPUT,
                i,
                "and " + LlmKeys.PRICE_OUTPUT.at(i) + " belong together");
        return input.flatMap(in -> output.flatMap(out -> cached.map(hit -> new LlmPrice(in, hit, out))));
    }

    private LlmOptions options() {
        return LlmOptions.DEFAULT
                .withRetries(reading.get(LlmKeys.MAX_RETRIES), reading.get(LlmKeys.BACKOFF))
                .withMaxRetryAfter(reading.get(LlmKeys.MAX_RETRY_AFTER))
                .withTimeouts(
                        reading.get(LlmKeys.DEADLINE), LlmOptions.DEFAULT.attemptTimeout(), reading.get(LlmKeys.IDLE))
                .withFirstTokenTimeout(reading.get(LlmKeys.FIRST_TOKEN))
                .withCircuit(reading.get(LlmKeys.CIRCUIT_FAILURES), reading.get(LlmKeys.CIRCUIT_OPEN));
    }

    private LlmBudgets budgets() {
        return new LlmBudgets(
                Optional.empty(),
                budget(LlmKeys.CLIENT_TOKENS, LlmKeys.CLIENT_MONEY),
                budget(LlmKeys.TOTAL_TOKENS, LlmKeys.TOTAL_MONEY),
                reading.get(LlmKeys.WINDOW),
                LlmBudgets.NONE.maxClients());
    }

    private Optional<LlmBudget> budget(Key<Integer> tokens, Key<BigDecimal> money) {
        var most = reading.find(tokens);
        var dearest = reading.find(money);
        return most.isEmpty() && dearest.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new LlmBudget(most.map(it -> OptionalLong.of(it)).orElseGet(OptionalLong::empty), dearest));
    }
}
