package dev.signalbox.llm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.langchain4j.model.output.TokenUsage;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What LangChain4j leaves out, read from the last words of an answer: once per answer, never per piece.
 *
 * <p>Servers put the usage at the top of the last event or the one before it, into the choice (Moonshot), or into
 * {@code x_groq}; Ollama leaves the count of a cached prompt out. The cached tokens are in {@code prompt_tokens_details}, or beside them as {@code prompt_cache_hit_tokens}
 * (DeepSeek).
 */
final class RawAnswer {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern DONE = Pattern.compile("\"done\"\\s*:\\s*true");

    private final Optional<JsonNode> last;
    private final Optional<JsonNode> beforeLast;

    private RawAnswer(Optional<JsonNode> last, Optional<JsonNode> beforeLast) {
        this.last = last;
        this.beforeLast = beforeLast;
    }

    static RawAnswer of(Exchange exchange) {
        return new RawAnswer(object(exchange.last()), object(exchange.beforeLast()));
    }

    private static Optional<JsonNode> object(@Nullable String text) {
        if (text == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readTree(text)).filter(JsonNode::isObject);
        } catch (JsonProcessingException notJson) {
            return Optional.empty();
        }
    }

    /** The error that a text is, if it is one. */
    static Optional<JsonNode> error(String text) {
        return object(text)
                .flatMap(node -> Stream.of(
                                node.path("error"), node.path("choices").path(0).path("error"))
                        .filter(error -> error.isObject()
                                || (error.isTextual() && !error.asText().isBlank()))
                        .findFirst());
    }

    /** The piece of a refusal that an event is, if it is one. */
    static Optional<String> refusal(String text) {
        return object(text)
                .map(node -> node.path("choices").path(0).path("delta").path("refusal"))
                .filter(JsonNode::isTextual)
                .map(JsonNode::asText);
    }

    /** The refusal of an answer that did not stream. */
    Optional<String> refusal() {
        return last.map(node -> node.path("choices").path(0).path("message").path("refusal"))
                .filter(JsonNode::isTextual)
                .map(JsonNode::asText);
    }

    /** Whether a line is Ollama's sign that the answer is whole. Parsed only if it looks like it: it is asked of each line. */
    static boolean isDone(String line) {
        return DONE.matcher(line).find()
                && object(line).map(node -> node.path("done").asBoolean(false)).orElse(false);
    }

    /**
     * Checks an answer that does not stream, for LangChain4j fails without words at one that is none.
     *
     * @throws UnreadableException if it is an error, or has no choice or message
     */
    static void check(String body, StreamFormat format) {
        JsonNode answer = object(body)
                .orElseThrow(() -> new UnreadableException("the provider's answer is not a JSON object", body, true));
        JsonNode message =
                format == StreamFormat.SSE ? answer.path("choices").path(0).path("message") : answer.path("message");
        if (error(body).isPresent() || !message.isObject()) {
            throw new UnreadableException("the provider's answer holds no message", body, false);
        }
    }

    Optional<String> type() {
        return last.map(node -> node.path("object")).filter(JsonNode::isTextual).map(JsonNode::asText);
    }

    /** By LangChain4j's reading, which knows every event, else by ours. */
    Optional<LlmUsage> usage(@Nullable TokenUsage theirs) {
        Optional<JsonNode> raw = Stream.of(last, beforeLast)
                .flatMap(Optional::stream)
                .flatMap(RawAnswer::usages)
                .findFirst();
        if (theirs == null || (count(theirs.inputTokenCount()) == 0 && count(theirs.outputTokenCount()) == 0)) {
            return raw.map(node -> usage(
                    number(node, "prompt_tokens", "prompt_eval_count"),
                    number(node, "completion_tokens", "eval_count"),
                    node));
        }
        return Optional.of(usage(
                count(theirs.inputTokenCount()),
                count(theirs.outputTokenCount()),
                raw.orElseGet(JSON::createObjectNode)));
    }

    private static Stream<JsonNode> usages(JsonNode event) {
        Stream<JsonNode> named = Stream.of(
                        event.path("usage"),
                        event.path("x_groq").path("usage"),
                        event.path("choices").path(0).path("usage"))
                .filter(JsonNode::isObject);
        return event.has("eval_count") ? Stream.of(event) : named;
    }

    private static LlmUsage usage(long input, long output, JsonNode raw) {
        long cached = Math.max(
                number(raw.path("prompt_tokens_details"), "cached_tokens", "cached_tokens"),
                number(raw, "prompt_cache_hit_tokens", "prompt_cache_hit_tokens"));
        long reasoning = number(raw.path("completion_tokens_details"), "reasoning_tokens", "reasoning_tokens");
        return new LlmUsage(input, Math.min(cached, input), output, reasoning);
    }

    private static long number(JsonNode in, String name, String otherName) {
        return Math.max(0, in.path(name).asLong(in.path(otherName).asLong(0)));
    }

    private static long count(@Nullable Integer tokens) {
        return tokens == null ? 0 : Math.max(0, tokens);
    }
}
