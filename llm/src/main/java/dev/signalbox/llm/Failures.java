package dev.signalbox.llm;

import com.fasterxml.jackson.databind.JsonNode;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.ContentFilteredException;
import dev.langchain4j.exception.HttpException;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.signalbox.http.RetryAfter;
import dev.signalbox.llm.LlmException.Unavailable.Stage;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/** Says what a failure means: by status, by the words of the provider, by the kind of exception. Thread-safe. */
final class Failures {
    private static final int LONGEST_QUOTE = 500;
    private static final int DEEPEST = 20;
    private static final List<String> TOO_LONG = List.of(
            "context_length_exceeded",
            "maximum context length",
            "context window",
            "prompt is too long",
            "string_above_max_length",
            "exceeds the available context size");
    private static final List<String> FILTERED = List.of(
            "content_filter", "content_policy_violation", "responsibleaipolicyviolation", "content management policy");
    private static final List<String> EXHAUSTED =
            List.of("insufficient_quota", "billing_hard_limit_reached", "insufficient balance", "insufficient credits");

    private static final List<String> PASSING = List.of(
            "server_error",
            "server error",
            "overloaded",
            "unavailable",
            "timeout",
            "timed out",
            "try again",
            "temporar",
            "too many requests");

    private final InstantSource clock;

    Failures(InstantSource clock) {
        this.clock = clock;
    }

    /** @param sent whether the provider may have got the request */
    LlmException of(Throwable failure, boolean sent) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            Optional<LlmException> known = known(at, sent);
            if (known.isPresent()) {
                return known.get();
            }
        }
        return new LlmException.Unavailable(
                "the answer cannot be read: " + quote(String.valueOf(failure.getMessage())),
                Optional.empty(),
                Stage.BROKEN,
                failure);
    }

    private Optional<LlmException> known(Throwable at, boolean sent) {
        return Optional.ofNullable(
                switch (at) {
                    case LlmException ours -> ours;
                    case RefusedException it ->
                        ofStatus(
                                it.statusCode(),
                                body(it),
                                RetryAfter.of(it.headers()::firstValue, clock.instant()),
                                it);
                    case HttpException it -> ofStatus(it.statusCode(), body(it), Optional.empty(), it);
                    case UnreadableException it -> unreadable(it);
                    case HttpConnectTimeoutException it -> unreached(it);
                    case ConnectException it -> unreached(it);
                    case UnresolvedAddressException it -> unreached(it);
                    case SSLException it when isUntrusted(it) -> untrusted(it);
                    case SSLHandshakeException it -> unreached(it);
                    case IOException it -> sent ? broken(it) : unreached(it);
                    default -> ofLangChain(at);
                });
    }

    private static String body(HttpException from) {
        return from.getMessage() == null ? "" : from.getMessage();
    }

    private LlmException unreadable(UnreadableException from) {
        return RawAnswer.error(from.body())
                .map(error -> ofError(error, from))
                .orElseGet(() -> new LlmException.Unavailable(
                        from.getMessage() + quoted(from.body()),
                        Optional.empty(),
                        from.isPassing() ? Stage.BROKEN : Stage.DECLINED,
                        from));
    }

    private static boolean isUntrusted(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .limit(DEEPEST)
                .anyMatch(it -> it instanceof CertificateException
                        || it instanceof CertPathValidatorException
                        || it instanceof CertPathBuilderException);
    }

    private static LlmException untrusted(SSLException cause) {
        return new LlmException.Unavailable(
                "the provider's certificate is not trusted: " + words(cause)
                        + "; if it is right, give its CA to the model's HTTP client",
                Optional.empty(),
                Stage.UNTRUSTED,
                cause);
    }

    private static LlmException unreached(Exception cause) {
        return new LlmException.Unavailable(
                "the provider cannot be reached: " + words(cause), Optional.empty(), Stage.REFUSED, cause);
    }

    private static LlmException broken(IOException cause) {
        return new LlmException.Unavailable(
                "the connection to the provider broke: " + words(cause), Optional.empty(), Stage.BROKEN, cause);
    }

    private static String words(Throwable cause) {
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    /** For models of LangChain4j that keep no status. */
    private static @Nullable LlmException ofLangChain(Throwable at) {
        String words = quote(words(at));
        return switch (at) {
            case AuthenticationException it -> deeper(it, new LlmException.Authentication(words, it));
            case RateLimitException it ->
                deeper(it, new LlmException.RateLimited(words, Optional.empty(), isAny(words, EXHAUSTED), it));
            case TimeoutException it -> deeper(it, new LlmException.Timeout(words, false, it));
            case ContentFilteredException it -> new LlmException.ContentFiltered(words, it);
            case ModelNotFoundException it -> deeper(it, new LlmException.BadRequest(words, true, it));
            case InvalidRequestException it -> deeper(it, badRequest(words, words, it));
            case InternalServerException it ->
                deeper(it, new LlmException.Unavailable(words, Optional.empty(), Stage.REFUSED, it));
            case UnsupportedFeatureException it -> new LlmException.BadRequest(words, true, it);
            case IllegalArgumentException it -> new LlmException.BadRequest(words, true, it);
            default -> null;
        };
    }

    /** The cause knows better, if there is one. */
    private static @Nullable LlmException deeper(Throwable at, LlmException meaning) {
        return at.getCause() == null ? meaning : null;
    }

    private static LlmException ofStatus(
            int status, String body, Optional<Duration> retryAfter, @Nullable Throwable cause) {
        String message = "the provider answered " + status + quoted(body);
        return switch (status) {
            case 401, 403 -> filteredOr(body, message, cause, new LlmException.Authentication(message, cause));
            case 402 -> new LlmException.RateLimited(message, retryAfter, true, cause);
            case 404 -> new LlmException.BadRequest(message, true, cause);
            case 413 -> new LlmException.ContextTooLong(message, cause);
            case 429 -> new LlmException.RateLimited(message, retryAfter, isAny(body, EXHAUSTED), cause);
            default ->
                status >= 500 || status == 408 || status == 409 || status == 425
                        ? new LlmException.Unavailable(message, retryAfter, Stage.REFUSED, cause)
                        : badRequest(body, message, cause);
        };
    }

    private static LlmException filteredOr(
            String body, String message, @Nullable Throwable cause, LlmException otherwise) {
        return isAny(body, FILTERED) ? new LlmException.ContentFiltered(message, cause) : otherwise;
    }

    private static LlmException badRequest(String body, String message, @Nullable Throwable cause) {
        if (isAny(body, TOO_LONG)) {
            return new LlmException.ContextTooLong(message, cause);
        }
        return filteredOr(body, message, cause, new LlmException.BadRequest(message, false, cause));
    }

    /**
     * An error where an answer, or a piece of one, was due: the status was a good one, so only its words tell whether it may
     * pass. Without a sign of that it is taken for lasting.
     */
    static LlmException ofError(JsonNode error, @Nullable Throwable cause) {
        String words = error.isTextual() ? error.asText() : error.toString();
        String message = "the provider answered with an error: " + quote(words);
        int code = error.path("code").asInt(0);
        String kind = error.path("code").asText() + " " + error.path("type").asText();
        if (code >= 400 && code < 500 && code != 408) {
            return ofStatus(code, words, Optional.empty(), cause);
        }
        if (kind.contains("rate_limit") || isAny(words, EXHAUSTED)) {
            return new LlmException.RateLimited(message, Optional.empty(), isAny(words, EXHAUSTED), cause);
        }
        if (isAny(words, TOO_LONG) || kind.contains("invalid_request") || isAny(words, FILTERED)) {
            return badRequest(words, message, cause);
        }
        boolean passing = code == 408 || code >= 500 || isAny(words, PASSING);
        return new LlmException.Unavailable(message, Optional.empty(), passing ? Stage.BROKEN : Stage.DECLINED, cause);
    }

    private static boolean isAny(String body, List<String> signs) {
        String low = body.toLowerCase(Locale.ROOT);
        return signs.stream().anyMatch(low::contains);
    }

    private static String quoted(String body) {
        return body.isBlank() ? "" : ": " + quote(body);
    }

    private static String quote(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.length() <= LONGEST_QUOTE ? line : line.substring(0, LONGEST_QUOTE) + "…";
    }
}
