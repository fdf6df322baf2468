package dev.signalbox.server.sessions;

import dev.signalbox.router.Payload;
import dev.signalbox.session.bus.EventId;
import dev.signalbox.session.bus.From;
import dev.signalbox.session.bus.SendOptions;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a client wants of its sessions. */
sealed interface ClientRequest {
    JsonMapper JSON = JsonMapper.builder().build();

    /** Stores count microseconds, which do not reach as far as {@link Instant} does. */
    int LAST_YEAR = 9999;

    String session();

    record Subscribe(String session, From from) implements ClientRequest {}

    record Unsubscribe(String session) implements ClientRequest {}

    record Append(String session, JsonNode event, SendOptions options) implements ClientRequest {}

    /**
     * Reads what a client said.
     *
     * @throws IllegalArgumentException in words for who wrote the client
     */
    static ClientRequest parse(Payload payload) {
        JsonNode json = json(payload);
        if (json.path("append").isString() && json.has("event")) {
            return new Append(json.path("append").asString(), json.path("event"), options(json));
        }
        if (json.path("subscribe").isString()) {
            return new Subscribe(json.path("subscribe").asString(), from(json));
        }
        if (json.path("unsubscribe").isString()) {
            return new Unsubscribe(json.path("unsubscribe").asString());
        }
        throw new IllegalArgumentException(
                "send {\"subscribe\": SESSION}, {\"unsubscribe\": SESSION} or {\"append\": SESSION, \"event\":"
                        + " anything}");
    }

    private static JsonNode json(Payload payload) {
        if (!(payload instanceof Payload.Text text)) {
            throw new IllegalArgumentException("the payload is not text");
        }
        try {
            return JSON.readTree(text.value());
        } catch (JacksonException e) {
            throw new IllegalArgumentException("the payload is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static From from(JsonNode json) {
        if (json.has("after") && json.has("since")) {
            throw new IllegalArgumentException("give after or since, not both");
        }
        if (json.has("after")) {
            return From.after(id(json, "after"));
        }
        return json.has("since") ? From.since(instant(json.path("since").asString(""))) : From.now();
    }

    /** An event's id, or its offset as a number. */
    private static EventId id(JsonNode json, String field) {
        JsonNode id = json.path(field);
        if (id.isString()) {
            return EventId.parse(id.stringValue());
        }
        if (!id.isIntegralNumber() || !id.canConvertToLong()) {
            throw new IllegalArgumentException(field + " is neither an event's id nor its offset");
        }
        return EventId.of(id.longValue());
    }

    private static SendOptions options(JsonNode json) {
        SendOptions options = SendOptions.DEFAULT;
        if (json.has("headers")) {
            options = options.withHeaders(headers(json.path("headers")));
        }
        if (json.has("key")) {
            options = options.withKey(json.path("key").asString(""));
        }
        return json.has("expected") ? options.withExpected(id(json, "expected")) : options;
    }

    private static Map<String, String> headers(JsonNode json) {
        if (!json.isObject() || json.valueStream().anyMatch(value -> !value.isString())) {
            throw new IllegalArgumentException("headers is not an object of strings");
        }
        return json.propertyStream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, header -> header.getValue().stringValue()));
    }

    private static Instant instant(String text) {
        try {
            OffsetDateTime time = OffsetDateTime.parse(text);
            if (time.getYear() < 0 || time.getYear() > LAST_YEAR) {
                throw new DateTimeException("the year is not 0 to " + LAST_YEAR);
            }
            return time.toInstant();
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("since is not a time such as 2026-03-01T12:00:00Z", e);
        }
    }
}
