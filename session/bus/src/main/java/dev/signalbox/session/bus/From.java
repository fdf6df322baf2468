package dev.signalbox.session.bus;

import java.time.Instant;

/** Where in a session to begin. */
public sealed interface From {
    /** The oldest event that is still kept. */
    record Beginning() implements From {}

    /** After the last event there is. */
    record Now() implements From {}

    /** After the event of this offset, 0 to {@code Long.MAX_VALUE - 1}; 0 is the beginning. If events after it are gone, that is told as a {@link Gap}. */
    record After(long offset) implements From {
        public After {
            Limits.range("offset", offset, 0, Long.MAX_VALUE - 1);
        }
    }

    /** The first event at or after an instant that is still kept. */
    record Since(Instant instant) implements From {}

    static From beginning() {
        return new Beginning();
    }

    static From now() {
        return new Now();
    }

    static From after(long offset) {
        return offset == 0 ? new Beginning() : new After(offset);
    }

    static From since(Instant instant) {
        return new Since(instant);
    }
}
