package dev.signalbox.session.bus;

import java.time.Instant;

/** Where in a session to begin. */
public sealed interface From {
    /** The oldest event that is still kept. */
    record Beginning() implements From {}

    /** After the last event there is. */
    record Now() implements From {}

    /**
     * After this event; offset 0 is the beginning. If events after it are gone, that is told as a {@link Gap}; if the event itself
     * is another now, since the store went back to an earlier state, it begins with the oldest that is kept, and that is told, too.
     */
    record After(EventId id) implements From {}

    /** The first event at or after an instant that is still kept. */
    record Since(Instant instant) implements From {}

    static From beginning() {
        return new Beginning();
    }

    static From now() {
        return new Now();
    }

    static From after(long offset) {
        return after(EventId.of(offset));
    }

    static From after(EventId id) {
        return id.offset() == 0 ? new Beginning() : new After(id);
    }

    static From since(Instant instant) {
        return new Since(instant);
    }
}
