package dev.signalbox.server.llm;

import dev.signalbox.llm.LlmEndpoint;
import dev.signalbox.llm.LlmHttp;
import dev.signalbox.server.configuration.Key;
import dev.signalbox.server.configuration.Kind;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

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
    private static final Kind<URI> PROXY = new Kind<>(
            "http://HOST:PORT, without user and password",
            text -> LlmHttp.DEFAULT.withProxy(URI.create(text)).proxy().orElseThrow());
    private static final Kind<ObjectNode> SCHEMA = new Kind<>("a JSON schema of an object, in JSON", LlmKeys::schema);
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
            Kind.base(),
            "Its server: for `openai` up to `/v1` (by default OpenAI's own), for `azure` the resource (required), for"
                    + " `ollama` the server (by default http://127.0.0.1:11434).");
    public static final Key<String> API_KEY = Key.secret(
            "llm.models.*.api-key",
            Kind.foreignToken(),
            "The key. Azure without one uses the credentials of its environment (Azure AD).");
    public static final Key<String> ORGANIZATION = Key.optional(
            "llm.models.*.organization",
            Kind.matching("1 to 128 visible ASCII characters", Pattern.compile("[!-~]{1,128}")),
            "OpenAI's organization.");
    public static final Key<URI> PROXY_OF = Key.optional(
            "llm.models.*.proxy", PROXY, "The HTTP proxy on the way to it; by default that of the JVM, if it has one.");
    public static final Key<Path> CA_FILE = Key.optional(
            "llm.models.*.ca-file", Kind.certificates(), "The certificates to trust there, in place of the JVM's.");
    public static final Key<String> HEADERS = Key.secret(
            "llm.models.*.headers.NAME",
            Kind.headerValue(),
            "A further header of each request, as a gateway may ask for, such as `llm.models.0.headers.x-api-key`.");
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
    public static final Key<Duration> BACKOFF =
            Key.of("llm.backoff", Kind.duration("0s", "10m"), "500ms", "The wait before that; it doubles each time.");
    public static final Key<Duration> MAX_RETRY_AFTER = Key.of(
            "llm.max-retry-after",
            Kind.duration("0s", "1h"),
            "30s",
            "The longest wait that a provider may ask for; beyond it the next model is asked at once.");
    public static final Key<Duration> DEADLINE =
            Key.of("llm.deadline", Kind.duration("10ms", "1d"), "5m", "For a question with all its attempts.");
    public static final Key<Duration> FIRST_TOKEN = Key.of(
            "llm.first-token-timeout",
            Kind.duration("10ms", "1h"),
            "2m",
            "The longest wait for the first piece of an answer that streams.");
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
    public static final Key<LlmConfig.BudgetStore> BUDGET_STORE = Key.of(
            "llm.budget.store",
            Kind.oneOf(LlmConfig.BudgetStore.class),
            "memory",
            "Where it is kept what was used of the budgets: `memory` is for each node alone, until it restarts;"
                    + " `database` is the server's own, so that all its nodes share their budgets.");
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

    public static final Key<String> TOOL = Key.optional(
            "llm.tools.*.name",
            Kind.matching("1 to 64 letters, digits, hyphens or underscores", Pattern.compile("[A-Za-z0-9_-]{1,64}")),
            "A tool that models may call, by the name that they see. Required.");
    public static final Key<String> TOOL_DESCRIPTION = Key.optional(
            "llm.tools.*.description",
            Kind.text("1 to 4096 characters", 1, 4_096),
            "What it does, for the model. Required.");
    public static final Key<String> TOOL_LOGIC = Key.optional(
            "llm.tools.*.logic",
            Kind.name().where(name -> !name.equals(LlmLogic.NAME)),
            "The logic of this server that carries it out, such as `exec`. It gets the model's arguments, as JSON and in"
                    + " the name of the client that asked, and its reply goes to the model. Required.");
    public static final Key<ObjectNode> TOOL_PARAMETERS = Key.of(
            "llm.tools.*.parameters",
            SCHEMA,
            "{\"type\": \"object\", \"properties\": {}}",
            "What arguments it takes, as a JSON schema; `properties` and `required` reach the model.");
    public static final Key<Duration> TOOL_TIMEOUT = Key.of(
            "llm.tools.*.timeout",
            Kind.duration("10ms", "1h"),
            "10s",
            "How long its logic may take; then the model is told so.");
    public static final Key<Integer> TOOL_ROUNDS = Key.of(
            "llm.max-tool-rounds",
            Kind.whole(1, 100),
            "8",
            "How often the model may call tools before it has to answer a question.");

    public static final List<Key<?>> ALL = List.of(
            NAME_OF,
            PROVIDER,
            URL,
            API_KEY,
            ORGANIZATION,
            PROXY_OF,
            CA_FILE,
            HEADERS,
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
            BACKOFF,
            MAX_RETRY_AFTER,
            DEADLINE,
            FIRST_TOKEN,
            IDLE,
            CIRCUIT_FAILURES,
            CIRCUIT_OPEN,
            CONCURRENCY,
            CONCURRENCY_PER_CLIENT,
            BUDGET_STORE,
            CLIENT_TOKENS,
            CLIENT_MONEY,
            TOTAL_TOKENS,
            TOTAL_MONEY,
            WINDOW,
            TOOL,
            TOOL_DESCRIPTION,
            TOOL_LOGIC,
            TOOL_PARAMETERS,
            TOOL_TIMEOUT,
            TOOL_ROUNDS);

    private LlmKeys() {}

    private static ObjectNode schema(String text) {
        try {
            if (JsonMapper.shared().readTree(text) instanceof ObjectNode schema
                    && schema.path("type").asString("object").equals("object")
                    && schema.path("properties").isObject()) {
                return schema;
            }
        } catch (JacksonException e) {
            throw new IllegalArgumentException(e);
        }
        throw new IllegalArgumentException();
    }
}
