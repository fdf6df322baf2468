package dev.signalbox.session.bus;

import dev.signalbox.session.bus.SessionStore.Claim;
import dev.signalbox.session.bus.SessionStore.ClaimRequest;
import dev.signalbox.session.bus.SessionStore.Claimed;
import dev.signalbox.session.bus.SessionStore.Claims;
import dev.signalbox.session.bus.SessionStore.Slice;
import dev.signalbox.session.bus.SessionStore.Stored;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One session of a {@link MemoryStore}: a ring of events that grows as needed. Not thread-safe. */
final class MemorySession {
    /** What a group has handed out and not finished; released ones have no end of lease. */
    private record Hold(int attempt, @Nullable Instant until) {
        boolean isFree(Instant now) {
            return until == null || !until.isAfter(now);
        }
    }

    private static final class Group {
        private final TreeMap<Long, Hold> holds = new TreeMap<>();
        private long position;

        Group(long position) {
            this.position = position;
        }
    }

    private final long begin;
    private final long capacity;
    private final Map<String, Group> groups = new HashMap<>(1);
    private @Nullable Stored[] ring = new Stored[4];
    private long next;
    private int size;
    private Instant lastAt = Instant.MIN;

    MemorySession(long begin, long capacity) {
        this.begin = begin;
        this.next = begin;
        this.capacity = capacity;
    }

    Stored append(Instant at, byte[] payload) {
        if (size == capacity) {
            removeFirst();
        } else if (size == ring.length) {
            grow();
        }
        lastAt = at.isAfter(lastAt) ? at : lastAt;
        Stored event = new Stored(next, lastAt, payload);
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

    long last() {
        return next - 1;
    }

    Slice read(long after, int limit) {
        List<Stored> events = new ArrayList<>();
        for (long offset = Math.max(first(), after + 1); offset < next && events.size() < limit; offset++) {
            events.add(get(offset));
        }
        return new Slice(events, begin, last());
    }

    long before(Instant since) {
        long offset = first();
        while (offset < next && get(offset).at().isBefore(since)) {
            offset++;
        }
        return offset - 1;
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

    Claims claim(ClaimRequest request) {
        Group group = groups.computeIfAbsent(request.group().group(), name -> new Group(request.startAfter()));
        group.holds.headMap(first()).clear();
        long position = group.position;
        List<Claimed> claimed = new ArrayList<>();
        for (Map.Entry<Long, Hold> held : group.holds.entrySet()) {
            if (claimed.size() < request.max() && held.getValue().isFree(request.now())) {
                held.setValue(new Hold(held.getValue().attempt() + 1, request.until()));
                claimed.add(new Claimed(get(held.getKey()), held.getValue().attempt()));
            }
        }
        for (Stored fresh : read(position, request.max() - claimed.size()).events()) {
            group.holds.put(fresh.offset(), new Hold(1, request.until()));
            group.position = fresh.offset();
            claimed.add(new Claimed(fresh, 1));
        }
        return new Claims(claimed, position);
    }

    boolean acknowledge(String name, Claim claim) {
        Group group = groups.get(name);
        Hold hold = group == null ? null : group.holds.get(claim.offset());
        boolean own = hold != null && hold.until() != null && hold.attempt() == claim.attempt();
        if (group != null && own) {
            group.holds.remove(claim.offset());
        }
        return own;
    }

    void release(String name, Claim claim) {
        Group group = groups.get(name);
        if (group != null) {
            group.holds.computeIfPresent(
                    claim.offset(),
                    (offset, hold) -> hold.attempt() == claim.attempt() ? new Hold(hold.attempt(), null) : hold);
        }
    }
}
