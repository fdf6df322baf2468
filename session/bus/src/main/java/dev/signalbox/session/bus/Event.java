package dev.signalbox.session.bus;

import java.time.Instant;
import java.util.Map;

/**
 * Something that happened in a session.
 *
 * @param id what to resume with
 * @param at when the store took it; does not decrease within a session
 * @param headers as sent with it
 */
public record Event<T>(String session, EventId id, Instant at, Map<String, String> headers, T value) {
    public Event {
        headers = Map.copyOf(headers);
    }

    /** Its number in the session; the next event's is one more. Below 2^53, so that JSON readers keep it exactly. */
    public long offset() {
        return id.offset();
    }
}
