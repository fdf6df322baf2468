package dev.signalbox.server.sessions;

import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.rest.IdempotencyKey;
import dev.signalbox.server.rest.Json;
import dev.signalbox.server.rest.Problems;
import dev.signalbox.server.rest.Request;
import dev.signalbox.server.rest.Violation;
import dev.signalbox.session.bus.EventId;
import dev.signalbox.session.bus.SendOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * What the headers of a request say about the events in its body: {@code Event-Headers}, {@code Idempotency-Key}, and where the
 * session has to end, {@code If-Match} or {@code If-None-Match}.
 */
final class AppendHeaders {
    static final String EVENT_HEADERS = "Event-Headers";
    static final String IF_MATCH = "If-Match";
    private static final String IF_NONE_MATCH = "If-None-Match";

    /** An event's id as entity tags are written, or without the quotes. */
    private static final Pattern TAG = Pattern.compile("\"?([0-9]{1,18}(?:-[0-9a-f]{32})?)\"?");

    private AppendHeaders() {}

    /** Throws a problem that names the header which is wrong. */
    static SendOptions ofOne(Request request) {
        return new SendOptions(headers(request), IdempotencyKey.of(request), expected(request));
    }

    /** For many events at a time, of which none can have a key or a place of its own. */
    static SendOptions ofMany(Request request) {
        for (String header : List.of(IdempotencyKey.HEADER, IF_MATCH, IF_NONE_MATCH)) {
            if (request.header(header).isPresent()) {
                throw wrong(header, "is for one event as application/json; leave it out for many");
            }
        }
        return SendOptions.DEFAULT.withHeaders(headers(request));
    }

    private static Map<String, String> headers(Request request) {
        Map<String, String> headers = new LinkedHashMap<>();
        request.header(EVENT_HEADERS)
                .ifPresent(text -> object(text).properties().forEach(header -> {
                    if (!header.getValue().isString()) {
                        throw wrong(EVENT_HEADERS, "has a value for " + header.getKey() + " that is not a string");
                    }
                    headers.put(header.getKey(), header.getValue().stringValue());
                }));
        try {
            return SendOptions.DEFAULT.withHeaders(headers).headers();
        } catch (IllegalArgumentException beyondLimits) {
            throw wrong(EVENT_HEADERS, "is refused: " + FailureText.of(beyondLimits));
        }
    }

    private static JsonNode object(String text) {
        try {
            JsonNode json = Json.read(text);
            if (json.isObject()) {
                return json;
            }
        } catch (Json.Malformed malformed) {
            throw wrong(EVENT_HEADERS, "is not JSON: " + FailureText.of(malformed));
        }
        throw wrong(EVENT_HEADERS, "must be a JSON object of strings, such as {\"trace\": \"7\"}");
    }

    private static Optional<EventId> expected(Request request) {
        Optional<EventId> last = request.header(IF_MATCH).map(AppendHeaders::id);
        Optional<EventId> none = request.header(IF_NONE_MATCH).map(AppendHeaders::none);
        if (last.isPresent() && none.isPresent()) {
            throw wrong(IF_NONE_MATCH, "and If-Match are both given; leave one of them out");
        }
        return last.or(() -> none);
    }

    private static EventId id(String value) {
        Matcher tag = TAG.matcher(value.strip());
        if (!tag.matches()) {
            throw wrong(
                    IF_MATCH, "must be the id or the offset of the session's last event, such as \"217403733854424\"");
        }
        return EventId.parse(tag.group(1));
    }

    private static EventId none(String value) {
        if (!value.strip().equals("*")) {
            throw wrong(IF_NONE_MATCH, "must be *: the session must not exist yet");
        }
        return EventId.NONE;
    }

    private static RuntimeException wrong(String header, String mend) {
        return Problems.invalid(List.of(new Violation(header, mend)));
    }
}
