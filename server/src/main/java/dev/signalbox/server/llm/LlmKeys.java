package dev.signalbox.server.llm;

import dev.signalbox.llm.LlmEndpoint;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Kind;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** The keys of the language models. */
final class LlmKeys {
    private static final Pattern MODEL = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final Kind<String> NAME =
            Kind.matching("1 to 64 letters, digits, dots, hyphens or underscores", MODEL);
    private static final Kind<List<String>> NAMES = new Kind<>("names of models, with commas between them", text -> {
        List<String> names =
                Arrays.stream(text.split(",", -1)).map(String::strip).toList();
        if (!names.stream().allMatch(name -> MODEL.matcher(name).matches())) {
            throw new IllegalArgumentException();
        }
        return names;
    });
    private static final Kind<BigDecimal> MONEY = new Kind<>("a decimal number from 0 to 1000000", text -> {
        BigDecimal value = new BigDecimal(text);
        if (value.signum() < 0 || value.compareTo(BigDecimal.valueOf(1_000_000)) > 0) {
            throw new IllegalArgumentException();
        }
        return value;
    });
    private static final Kind<Integer> TOKENS = Kind.whole(0, Integer.MAX_VALUE);

    public static final Key<String> NAME_OF = Key.optional(
            "llm.models.*.name",
            NAME,
            "What questions call the model. Required. The first model is asked where a question names none.");
    public static final Key<LlmConfig.Provider> PROVIDER = Key.of(
            "llm.models.*.provider",
            Kind.oneOf(LlmConfig.Provider.class),
            "openai",
            "Whose API it speaks; `openai` is right for everything that is compatible with it.");
    public static final Key<URI> URL = Key.optional(
            "llm.models.*.url",
            Kind.url(),
            "Its server: for `openai` up to `/v1` (by default OpenAI's own), for `azure` the resource (required), for"
                    + " `ollama` the server (by default http://127.0.0.1:11434).");
    public static final Key<String> API_KEY = Key.secret(
            "llm.models.*.api-key",
            Kind.foreignToken(),
            "The key. Azure without one uses the credentials of its environment (Azure AD).");
    public static final Key<String> ORGANIZATION = Key.optional(
            "llm.models.*.organization", Kind.text("1 to 128 characters", 1, 128), "OpenAI's organization.");
    public static final Key<String> MODEL_ID = Key.optional(
            "llm.models.*.model",
            Kind.text("1 to 256 characters", 1, 256),
            "The provider's name for the model. Required for `openai`; for `ollama` by default llama3.1:8b.");
    public static final Key<String> DEPLOYMENT = Key.optional(
            "llm.models.*.deployment",
            Kind.matching("1 to 64 letters, digits, dots, hyphens or underscores", Pattern.compile("[\\w.-]{1,64}")),
            "Azure's name for the deployed model. Required for `azure`.");
    public static final Key<String> API_VERSION = Key.of(
            "llm.models.*.api-version",
            Kind.matching("a date, and maybe -preview", Pattern.compile("[0-9a-z-]{1,32}")),
            LlmEndpoint.Azure.API_VERSION,
            "The version of Azure's API.");
    public static final Key<Boolean> REASONING = Key.of(
            "llm.models.*.reasoning",
            Kind.truth(),
            "false",
            "For models that take `max_completion_tokens` and no temperature.");
    public static final Key<Integer> CONTEXT_TOKENS = Key.optional(
            "llm.models.*.context-tokens", Kind.whole(1, 100_000_000), "Ollama's size of the context (`num_ctx`).");
    public static final Key<Integer> MAX_TOKENS = Key.of(
            "llm.models.*.max-tokens",
            Kind.whole(1, 100_000_000),
            "1024",
            "The longest answer, unless a question sets its own limit.");
    public static final Key<Double> TEMPERATURE = Key.of(
            "llm.models.*.temperature", Kind.decimal(0, 2), "0", "The temperature, unless a question sets its own.");
    public static final Key<Duration> TIMEOUT = Key.optional(
            "llm.models.*.timeout",
            Kind.duration("10ms", "1h"),
            "How long one attempt may take, or one that streams up to its first byte; 2m if not given.");
    public static final Key<BigDecimal> PRICE_INPUT = Key.optional(
            "llm.models.*.price.input", MONEY, "For a million tokens of the prompt. Budgets in money need prices.");
    public static final Key<BigDecimal> PRICE_CACHED = Key.optional(
            "llm.models.*.price.cached-input",
            MONEY,
            "For those of them that the provider had in its cache; by default the same.");
    public static final Key<BigDecimal> PRICE_OUTPUT = Key.optional(
            "llm.models.*.price.output", MONEY, "For a million tokens of answers; required with the price of input.");
    public static final Key<List<String>> FALLBACKS =
            Key.optional("llm.models.*.fallbacks", NAMES, "The models to ask, in order, when this one cannot answer.");

    public static final Key<Integer> MAX_RETRIES =
            Key.of("llm.max-retries", Kind.whole(0, 100), "2", "How often the same model is asked again.");
    public static final Key<Duration> COOLDOWN =
            Key.of("llm.cooldown", Kind.duration("0s", "10m"), "500ms", "The wait before that; it doubles each time.");
    public static final Key<Duration> MAX_RETRY_AFTER = Key.of(
            "llm.max-retry-after",
            Kind.duration("0s", "1h"),
            "30s",
            "The longest wait that a provider may ask for; beyond it the next model is asked at once.");
    public static final Key<Duration> DEADLINE =
            Key.of("llm.deadline", Kind.duration("10ms", "1d"), "5m", "For a question with all its attempts.");
    public static final Key<Duration> IDLE =
            Key.of("llm.idle-timeout", Kind.duration("10ms", "1h"), "30s", "The longest silence within an answer.");
    public static final Key<Integer> CIRCUIT_FAILURES = Key.of(
            "llm.circuit.failures",
            Kind.whole(0, 1_000_000),
            "5",
            "After this many failures in a row a model is not asked for a while; 0 for never.");
    public static final Key<Duration> CIRCUIT_OPEN =
            Key.of("llm.circuit.open", Kind.duration("10ms", "1d"), "30s", "For how long; then one attempt decides.");
    public static final Key<Integer> CONCURRENCY =
            Key.of("llm.concurrency", Kind.whole(1, 100_000), "256", "Questions under way at a time.");
    public static final Key<Integer> CONCURRENCY_PER_CLIENT =
            Key.of("llm.concurrency-per-client", Kind.whole(1, 100_000), "4", "Of one client.");
    public static final Key<Integer> CLIENT_TOKENS =
            Key.optional("llm.budget.client.tokens", TOKENS, "Tokens that a client may use in a window.");
    public static final Key<BigDecimal> CLIENT_MONEY =
            Key.optional("llm.budget.client.money", MONEY, "Money that a client may cost in a window.");
    public static final Key<Integer> TOTAL_TOKENS =
            Key.optional("llm.budget.total.tokens", TOKENS, "Tokens that all together may use in a window.");
    public static final Key<BigDecimal> TOTAL_MONEY =
            Key.optional("llm.budget.total.money", MONEY, "Money that all together may cost in a window.");
    public static final Key<Duration> WINDOW = Key.of(
            "llm.budget.window",
            Kind.duration("1s", "366d"),
            "1d",
            "The window of the budgets. It begins at multiples of its length since 1970, so a day is one of UTC.");

    public static final List<Key<?>> ALL = List.of(
            NAME_OF,
            PROVIDER,
            URL,
            API_KEY,
            ORGANIZATION,
            MODEL_ID,
            DEPLOYMENT,
            API_VERSION,
            REASONING,
            CONTEXT_TOKENS,
            MAX_TOKENS,
            TEMPERATURE,
            TIMEOUT,
            PRICE_INPUT,
            PRICE_CACHED,
            PRICE_OUTPUT,
            FALLBACKS,
            MAX_RETRIES,
            COOLDOWN,
            MAX_RETRY_AFTER,
            DEADLINE,
            IDLE,
            CIRCUIT_FAILURES,
            CIRCUIT_OPEN,
            CONCURRENCY,
            CONCURRENCY_PER_CLIENT,
            CLIENT_TOKENS,
            CLIENT_MONEY,
            TOTAL_TOKENS,
            TOTAL_MONEY,
            WINDOW);

    private LlmKeys() {}
}
