package dev.signalbox.client;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.json.JsonMapper;

/**
 * What came from a client, a logic or a topic. Immutable.
 *
 * @param id the server's name for it, or for a reply the id of the request
 * @param from an address, such as {@code client:bob}
 * @param topic where it was published, or the pattern that it came by
 * @param offset its place in that topic; empty for a volatile message, and outside topics
 * @param in the topic itself, if {@code topic} is a pattern
 * @param payload text or bytes
 */
public record Message(
        String id,
        String from,
        Optional<String> topic,
        OptionalLong offset,
        Optional<String> in,
        Map<String, String> headers,
        Payload payload) {
    public Message {
        headers = Map.copyOf(headers);
    }

    /**
     * The payload as text.
     *
     * @throws IllegalStateException if it is bytes
     */
    public String text() {
        return switch (payload) {
            case Payload.Text(String value) -> value;
            case Payload.Json(String value) -> value;
            case Payload.Binary bytes ->
                throw new IllegalStateException("the payload is bytes, not text: use payload(); it has " + bytes);
        };
    }

    /**
     * The payload read as JSON.
     *
     * @throws IllegalStateException if it is bytes
     * @throws tools.jackson.core.JacksonException if it is no JSON, or none of that type
     */
    public <T> T json(Class<T> type) {
        return JsonMapper.shared().readValue(text(), type);
    }
}
