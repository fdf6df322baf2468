package dev.signalbox.session.bus;

import java.util.ArrayList;
import java.util.List;

/**
 * Some of the events that a reader has seen, by which it finds out how far a store went back: the newest ones, and ever fewer of the
 * older ones. Bounded. Not thread-safe.
 */
final class Checkpoints {
    private static final int MOST = 16;

    private final List<EventId> ids = new ArrayList<>(2);

    /** Adds one that is newer than all before. */
    void add(EventId id) {
        if (ids.size() == MOST) {
            for (int i = MOST / 2 - 1; i > 0; i -= 2) {
                ids.remove(i);
            }
        }
        ids.add(id);
    }

    /** Forgets those after this offset. */
    void cutAfter(long offset) {
        ids.removeIf(id -> id.offset() > offset);
    }

    /** From the oldest to the newest. */
    List<EventId> all() {
        return List.copyOf(ids);
    }
}
