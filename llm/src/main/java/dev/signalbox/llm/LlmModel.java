package dev.signalbox.llm;

import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * A model by the name that an {@link LlmClient} knows it by. Immutable and thread-safe.
 *
 * <p>It is one of this library's own {@linkplain LlmEndpoint endpoints}, or any model of LangChain4j. Of the latter, switch
 * its own retries off: two engines multiply. Its Retry-After cannot be seen, and neither can a stream that it takes for
 * finished though the connection broke.
 */
public final class LlmModel {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private final String name;
    private final Source source;
    private final ProviderModels provider;
    private final LlmParameters parameters;
    private final Optional<LlmPrice> price;
    private final Optional<Duration> attemptTimeout;
    private final List<String> fallbacks;

    /** What a model is made from, kept so that it can be made anew with another client or other headers. */
    private sealed interface Source {
        ProviderModels build();

        record Own(
                LlmEndpoint endpoint, Function<StreamFormat, HttpClientBuilder> transport, Map<String, String> headers)
                implements Source {
            @Override
            public ProviderModels build() {
                return ProviderModels.of(endpoint, transport, headers);
            }
        }

        record Plugged(Optional<ChatModel> whole, Optional<StreamingChatModel> streamed) implements Source {
            @Override
            public ProviderModels build() {
                return ProviderModels.plugged(whole, streamed);
            }
        }
    }

    private LlmModel(
            String name,
            Source source,
            LlmParameters parameters,
            Optional<LlmPrice> price,
            Optional<Duration> attemptTimeout,
            List<String> fallbacks) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "name is '" + name + "'; it must be 1 to 64 of A-Z a-z 0-9 . _ - and begin with a letter or digit");
        }
        this.name = name;
        this.source = source;
        this.provider = source.build();
        this.parameters = parameters;
        this.price = price;
        this.attemptTimeout = attemptTimeout;
        this.fallbacks = List.copyOf(fallbacks);
    }

    /**
     * A model of one of this library's endpoints.
     *
     * @param name 1 to 64 of {@code A-Z a-z 0-9 . _ -}
     * @throws IllegalArgumentException if the name is not one
     */
    public static LlmModel of(String name, LlmEndpoint endpoint) {
        return of(name, endpoint, format -> Transport.builder(format, LlmHttp.CLIENT));
    }

    static LlmModel of(String name, LlmEndpoint endpoint, Function<StreamFormat, HttpClientBuilder> transport) {
        return new LlmModel(
                name,
                new Source.Own(endpoint, transport, Map.of()),
                LlmParameters.NONE,
                Optional.empty(),
                endpoint.attemptTimeout(),
                List.of());
    }

    /** A model of LangChain4j that answers whole and streamed. */
    public static LlmModel of(String name, ChatModel whole, StreamingChatModel streamed) {
        return plugged(name, Optional.of(whole), Optional.of(streamed));
    }

    /** A model of LangChain4j that does not stream: a streamed answer comes as one piece. */
    public static LlmModel of(String name, ChatModel whole) {
        return plugged(name, Optional.of(whole), Optional.empty());
    }

    /** A model of LangChain4j that only streams: a whole answer is collected. */
    public static LlmModel of(String name, StreamingChatModel streamed) {
        return plugged(name, Optional.empty(), Optional.of(streamed));
    }

    private static LlmModel plugged(String name, Optional<ChatModel> whole, Optional<StreamingChatModel> streamed) {
        return new LlmModel(
                name,
                new Source.Plugged(whole, streamed),
                LlmParameters.NONE,
                Optional.empty(),
                Optional.empty(),
                List.of());
    }

    /** With parameters of its own, behind those of a request. */
    public LlmModel withParameters(LlmParameters value) {
        return new LlmModel(name, source, value, price, attemptTimeout, fallbacks);
    }

    /** A budget in money needs it. */
    public LlmModel withPrice(LlmPrice value) {
        return new LlmModel(name, source, parameters, Optional.of(value), attemptTimeout, fallbacks);
    }

    /** In place of {@link LlmOptions#attemptTimeout}. */
    public LlmModel withAttemptTimeout(Duration value) {
        if (!value.isPositive()) {
            throw new IllegalArgumentException("attemptTimeout is " + value + "; it must be above 0");
        }
        return new LlmModel(name, source, parameters, price, Optional.of(value), fallbacks);
    }

    /** The names of the models to ask, in order, when this one cannot answer. */
    public LlmModel withFallbacks(String... names) {
        return new LlmModel(name, source, parameters, price, attemptTimeout, List.of(names));
    }

    /**
     * With an HTTP client in place of {@link LlmHttp#DEFAULT}'s: for a proxy, certificates of its own, or anything else that
     * the JDK's client has. Time limits stay those of {@link LlmOptions}.
     *
     * @throws IllegalArgumentException for a model of LangChain4j, which has its own
     */
    public LlmModel withHttpClient(HttpClient value) {
        Source.Own own = own("HTTP client");
        var source = new Source.Own(own.endpoint(), format -> Transport.builder(format, value), own.headers());
        return new LlmModel(name, source, parameters, price, attemptTimeout, fallbacks);
    }

    /**
     * With headers on each of its requests, as a gateway may ask for. Their values are treated as secrets.
     *
     * @throws IllegalArgumentException for a header that HTTP does not allow, and for a model of LangChain4j, which has its own
     */
    public LlmModel withHeaders(Map<String, String> value) {
        value.forEach(LlmHttp::checkHeader);
        Source.Own own = own("headers");
        var source = new Source.Own(own.endpoint(), own.transport(), Map.copyOf(value));
        return new LlmModel(name, source, parameters, price, attemptTimeout, fallbacks);
    }

    private Source.Own own(String what) {
        if (source instanceof Source.Own own) {
            return own;
        }
        throw new IllegalArgumentException(
                "model '" + name + "' is one of LangChain4j; give the " + what + " to LangChain4j's own builder");
    }

    /** Whether it keeps a transport of its own, of which nothing can be seen. */
    boolean isPlugged() {
        return source instanceof Source.Plugged;
    }

    public String name() {
        return name;
    }

    ProviderModels provider() {
        return provider;
    }

    LlmParameters parameters() {
        return parameters;
    }

    Optional<LlmPrice> price() {
        return price;
    }

    Optional<Duration> attemptTimeout() {
        return attemptTimeout;
    }

    List<String> fallbacks() {
        return fallbacks;
    }

    @Override
    public String toString() {
        return "LlmModel[" + name + "]";
    }
}
