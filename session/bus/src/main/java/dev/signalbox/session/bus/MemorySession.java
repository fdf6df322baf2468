package dev.signalbox.session.bus;

import dev.signalbox.session.bus.SessionStore.Append;
import dev.signalbox.session.bus.SessionStore.Entry;
import dev.signalbox.session.bus.SessionStore.GroupDocument;
import dev.signalbox.session.bus.SessionStore.Slice;
import dev.signalbox.session.bus.SessionStore.Stored;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One session of a {@link MemoryStore}: a ring of events that grows as needed. Not thread-safe. */
final class MemorySession {
    private final long begin;
    private final long capacity;
    private final Map<String, GroupDocument> groups = new HashMap<>(1);
    private @Nullable Stored[] ring = new Stored[4];
    private long next;
    private int size;
    private UUID lastBatch = EventId.UNKNOWN;
    private Instant lastAt = Instant.MIN;

    MemorySession(long begin, long capacity) {
        this.begin = begin;
        this.next = begin;
        this.capacity = capacity;
    }

    Stored append(Append batch, Entry entry) {
        if (size == capacity) {
            removeFirst();
        } else if (size == ring.length) {
            grow();
        }
        lastAt = batch.at().isAfter(lastAt) ? batch.at() : lastAt;
        lastBatch = batch.id();
        Stored event = new Stored(next, lastBatch, lastAt, entry.headers(), entry.payload());
        ring[slot(next)] = event;
        size++;
        next++;
        return event;
    }

    private void grow() {
        Stored[] larger = new Stored[ring.length * 2];
        for (long offset = first(); offset < next; offset++) {
            larger[(int) (offset & (larger.length - 1))] = get(offset);
        }
        ring = larger;
    }

    private int slot(long offset) {
        return (int) (offset & (ring.length - 1));
    }

    private Stored get(long offset) {
        Stored stored = ring[slot(offset)];
        if (stored == null) {
            throw new IllegalStateException("no event " + offset + " where " + size + " end before " + next);
        }
        return stored;
    }

    private void removeFirst() {
        ring[slot(first())] = null;
        size--;
    }

    private long first() {
        return next - size;
    }

    UUID lastBatch() {
        return lastBatch;
    }

    /** Where it has no event yet, the one before the first. */
    EventId last() {
        return new EventId(next - 1, lastBatch);
    }

    Slice read(long after, int limit) {
        List<Stored> events = new ArrayList<>();
        for (long offset = Math.max(first(), after + 1); offset < next && events.size() < limit; offset++) {
            events.add(get(offset));
        }
        return new Slice(events, begin, last());
    }

    /** Removes what is older; returns how many. */
    long trim(Instant oldest) {
        long before = size;
        while (size > 0 && get(first()).at().isBefore(oldest)) {
            removeFirst();
        }
        return before - size;
    }

    boolean isOver(Instant oldest) {
        return size == 0 && lastAt.isBefore(oldest);
    }

    Optional<GroupDocument> group(String name) {
        return Optional.ofNullable(groups.get(name));
    }

    boolean replaceGroup(String name, long expected, GroupDocument document) {
        GroupDocument known = groups.get(name);
        boolean same = (known == null ? GroupDocument.ABSENT : known.version()) == expected;
        if (same) {
            groups.put(name, document);
        }
        return same;
    }
}
