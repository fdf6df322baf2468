package dev.signalbox.session.bus;

import dev.signalbox.session.bus.SessionStore.Cursor;
import dev.signalbox.session.bus.SessionStore.Slice;
import dev.signalbox.session.bus.SessionStore.Stored;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/** Finds an instant in a session, whose times do not decrease, by looking at several events at a time: a million take five reads. */
final class TimeSearch {
    private static final int PROBES = 16;

    private final SessionStore store;
    private final String session;
    private final Instant since;
    /** All events before this offset are before the instant. */
    private long low;
    /** The event of this offset, and all after it, are not. */
    private long high;

    private TimeSearch(SessionStore store, String session, Instant since) {
        this.store = store;
        this.session = session;
        this.since = since;
    }

    /** The event after which to read for all that was appended at or after an instant. */
    static EventId before(SessionStore store, String session, Instant since) {
        Slice all = store.read(List.of(new Cursor(session, 0)), 1).getFirst();
        return all.events().isEmpty()
                ? all.last()
                : new TimeSearch(store, session, since)
                        .search(all.events().getFirst().offset(), all.last().offset() + 1);
    }

    private EventId search(long first, long end) {
        low = first;
        high = end;
        while (low < high) {
            narrow();
        }
        return EventId.of(low - 1);
    }

    private void narrow() {
        long from = low;
        long width = high - low;
        long probes = Math.min(PROBES, width);
        List<Cursor> cursors = LongStream.range(0, probes)
                .mapToObj(i -> new Cursor(session, from + width * i / probes - 1))
                .toList();
        List<Slice> found = store.read(cursors, 1);
        for (int i = 0; i < probes; i++) {
            Optional<Stored> event = found.get(i).events().stream().findFirst();
            if (event.isEmpty() || !event.get().at().isBefore(since)) {
                high = Math.max(low, cursors.get(i).after() + 1);
                return;
            }
            low = event.get().offset() + 1;
        }
    }
}
