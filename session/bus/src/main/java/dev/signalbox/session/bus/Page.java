package dev.signalbox.session.bus;

import java.util.List;
import java.util.Optional;

/**
 * A stretch of a session.
 *
 * @param events consecutive
 * @param gap what is missing before the first of them
 * @param next what to read on after
 * @param last the last offset there is; 0 if the session is unknown
 */
public record Page<T>(List<Event<T>> events, Optional<Gap> gap, EventId next, long last) {
    public Page {
        events = List.copyOf(events);
    }

    /** Whether there was more at the time. */
    public boolean hasMore() {
        return next.offset() < last;
    }
}
