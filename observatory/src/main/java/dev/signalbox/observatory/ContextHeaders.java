package dev.signalbox.observatory;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads an {@link ExecutionContext} from the headers of a request: {@value #EXECUTION_CONTEXT} with JSON
 * {@code {"everworkerUrl": …, "observatoryToken": …}} and perhaps {@code "contextId"}, and W3C {@code traceparent} and
 * {@code baggage}. A header is a stranger's word: what is malformed, too long or names a destination that is not allowed
 * is ignored and told to the consumer, never thrown. Immutable and thread-safe.
 */
public final class ContextHeaders {
    public static final String EXECUTION_CONTEXT = "X-Everworker-Execution-Context";
    public static final String TRACEPARENT = "traceparent";
    public static final String BAGGAGE = "baggage";

    private static final int LONGEST = 16 * 1024;
    private static final int MOST_BAGGAGE = 64;
    private static final int LONGEST_BAGGAGE = 8192;
    private static final JsonFactory JSON = new JsonFactory();

    private final AllowList allowed;
    private final WireFormat format;
    private final Consumer<String> refused;

    /**
     * Reads headers by these rules.
     *
     * @param format what a destination named by a header is sent
     * @param refused told why a header was ignored, in words that hold no token; must not throw
     */
    public ContextHeaders(AllowList allowed, WireFormat format, Consumer<String> refused) {
        this.allowed = allowed;
        this.format = format;
        this.refused = refused;
    }

    /** The context that these headers describe, {@link ExecutionContext#NONE} if none of them is there. */
    public ExecutionContext read(Function<String, @Nullable String> headers) {
        var destination = Optional.ofNullable(headers.apply(EXECUTION_CONTEXT)).flatMap(this::destination);
        var trace = Optional.ofNullable(headers.apply(TRACEPARENT)).flatMap(Trace::parse);
        var baggage = Optional.ofNullable(headers.apply(BAGGAGE)).map(ContextHeaders::baggage);
        return destination.isEmpty() && trace.isEmpty() && baggage.isEmpty()
                ? ExecutionContext.NONE
                : new ExecutionContext(destination, trace, baggage.orElse(Map.of()));
    }

    private Optional<Destination> destination(String header) {
        if (header.length() > LONGEST) {
            refused.accept(EXECUTION_CONTEXT + " is longer than " + LONGEST + " characters");
            return Optional.empty();
        }
        try {
            var fields = fields(header);
            var url = URI.create(fields.getOrDefault("everworkerUrl", ""));
            if (!allowed.allows(url)) {
                refused.accept(EXECUTION_CONTEXT + " names a destination that is not allowed");
                return Optional.empty();
            }
            return Optional.of(new Destination(
                    url, fields.getOrDefault("observatoryToken", ""), format, fields.getOrDefault("contextId", "")));
        } catch (JacksonException e) {
            refused.accept(EXECUTION_CONTEXT + " is not JSON as expected");
        } catch (IllegalArgumentException e) {
            refused.accept(
                    EXECUTION_CONTEXT + " names no destination: " + e.getClass().getSimpleName());
        }
        return Optional.empty();
    }

    /** The text fields of an object; whatever else it holds is skipped. */
    private static Map<String, String> fields(String json) {
        var fields = new LinkedHashMap<String, String>();
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
            Preconditions.check(parser.nextToken() == JsonToken.START_OBJECT, "an object is expected");
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                if (parser.nextToken() == JsonToken.VALUE_STRING) {
                    fields.put(name, parser.getString());
                } else {
                    parser.skipChildren();
                }
            }
        }
        return fields;
    }

    /** Members that are not well-formed are left out, and so is what exceeds the limits of W3C Baggage. */
    private static Map<String, String> baggage(String header) {
        var members = new LinkedHashMap<String, String>();
        if (header.length() > LONGEST_BAGGAGE) {
            return members;
        }
        for (String member : header.split(",", MOST_BAGGAGE + 1)) {
            int properties = member.indexOf(';');
            String pair = properties < 0 ? member : member.substring(0, properties);
            int equals = pair.indexOf('=');
            if (equals > 0 && members.size() < MOST_BAGGAGE) {
                decoded(pair.substring(equals + 1).strip())
                        .ifPresent(
                                value -> members.put(pair.substring(0, equals).strip(), value));
            }
        }
        return members;
    }

    private static Optional<String> decoded(String value) {
        try {
            return Optional.of(URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
