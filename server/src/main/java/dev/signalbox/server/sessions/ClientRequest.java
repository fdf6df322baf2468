package dev.signalbox.server.sessions;

import dev.signalbox.router.Payload;
import dev.signalbox.session.bus.From;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
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

    record Append(String session, JsonNode event) implements ClientRequest {}

    /**
     * Reads what a client said.
     *
     * @throws IllegalArgumentException in words for who wrote the client
     */
    static ClientRequest parse(Payload payload) {
        JsonNode json = json(payload);
        if (json.path("append").isString() && json.has("event")) {
            return new Append(json.path("append").asString(), json.path("event"));
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
            if (!json.path("after").canConvertToLong() || !json.path("after").isIntegralNumber()) {
                throw new IllegalArgumentException("after is not a whole number");
            }
            return From.after(json.path("after").asLong());
        }
        return json.has("since") ? From.since(instant(json.path("since").asString(""))) : From.now();
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
