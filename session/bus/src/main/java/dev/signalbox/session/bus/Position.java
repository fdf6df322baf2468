package dev.signalbox.session.bus;

import java.util.List;

/**
 * Where to begin to read.
 *
 * @param after the offset before it
 * @param anchored whether the next event must be its successor, or else there is a gap
 */
record Position(long after, boolean anchored) {

    static Position of(SessionStore store, String session, From from) {
        return switch (from) {
            case From.Beginning() -> new Position(0, false);
            case From.After(long offset) -> new Position(offset, offset > 0);
            case From.Now() -> known(store.last(List.of(session)).getOrDefault(session, 0L));
            case From.Since(var instant) -> known(store.before(session, instant));
        };
    }

    /** What is not known to the store may begin with any offset. */
    private static Position known(long after) {
        return new Position(after, after > 0);
    }
}
