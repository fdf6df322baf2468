package dev.signalbox.client;

import java.util.HashMap;
import java.util.Map;

/**
 * What to send: a payload, and headers that arrive with it. Immutable.
 *
 * @param headers by name
 */
public record Draft(Payload payload, Map<String, String> headers) {
    public Draft {
        headers = Map.copyOf(headers);
    }

    public static Draft text(String value) {
        return new Draft(Payload.text(value), Map.of());
    }

    /** Of whatever Jackson makes JSON of; see {@link Payload#json}. */
    public static Draft json(Object value) {
        return new Draft(Payload.json(value), Map.of());
    }

    public static Draft binary(byte[] bytes) {
        return new Draft(Payload.binary(bytes), Map.of());
    }

    /** The same with one header more, or with another value for it. */
    public Draft withHeader(String name, String value) {
        Map<String, String> changed = new HashMap<>(headers);
        changed.put(name, value);
        return new Draft(payload, changed);
    }
}
