package dev.signalbox.session.bus;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Sessions in memory. Each is touched only inside of the map's own locks. Appends never fail with an unknown outcome, so there is
 * no need to recognise a repeated batch. Thread-safe.
 */
final class MemoryStore implements SessionStore {
    private final Retention retention;
    private final InstantSource clock;
    private final ConcurrentHashMap<String, MemorySession> sessions = new ConcurrentHashMap<>();
    private final List<TailListener> listeners = new CopyOnWriteArrayList<>();

    MemoryStore(Retention retention, InstantSource clock) {
        this.retention = retention;
        this.clock = clock;
    }

    @Override
    public InstantSource clock() {
        return clock;
    }

    @Override
    public boolean isImmediate() {
        return true;
    }

    @Override
    public List<Place> append(Append batch) {
        List<Entry> entries = batch.entries();
        List<Stored> events = new ArrayList<>(entries.size());
        for (Entry entry : entries) {
            sessions.compute(entry.session(), (name, known) -> {
                MemorySession session = known == null ? begin(batch) : known;
                events.add(session.append(batch.at(), entry.payload()));
                return session;
            });
        }
        for (TailListener listener : listeners) {
            tell(listener, entries, events);
        }
        return places(events);
    }

    /** Once for each run of a session's events. */
    private static void tell(TailListener listener, List<Entry> entries, List<Stored> events) {
        int from = 0;
        for (int end = 1; end <= events.size(); end++) {
            String session = entries.get(from).session();
            if (end == events.size() || !entries.get(end).session().equals(session)) {
                listener.appended(session, events.subList(from, end));
                from = end;
            }
        }
    }

    private static List<Place> places(List<Stored> events) {
        List<Place> places = new ArrayList<>(events.size());
        for (Stored event : events) {
            places.add(new Place(event.offset(), event.at()));
        }
        return places;
    }

    private MemorySession begin(Append batch) {
        return new MemorySession(batch.firstOffset(), retention.maxEvents().orElse(Long.MAX_VALUE));
    }

    @Override
    public List<Slice> read(List<Cursor> cursors, int limit) {
        return cursors.stream().map(cursor -> read(cursor, limit)).toList();
    }

    private Slice read(Cursor cursor, int limit) {
        AtomicReference<Slice> slice = new AtomicReference<>(Slice.UNKNOWN);
        sessions.computeIfPresent(cursor.session(), (name, session) -> {
            slice.set(session.read(cursor.after(), limit));
            return session;
        });
        return slice.get();
    }

    @Override
    public Map<String, Long> last(Collection<String> names) {
        Map<String, Long> last = new HashMap<>();
        for (String name : names) {
            sessions.computeIfPresent(name, (same, session) -> {
                last.put(name, session.last());
                return session;
            });
        }
        return last;
    }

    @Override
    public long before(String name, Instant since) {
        AtomicLong before = new AtomicLong();
        sessions.computeIfPresent(name, (same, session) -> {
            before.set(session.before(since));
            return session;
        });
        return before.get();
    }

    @Override
    public Tail tail(TailListener listener) {
        listeners.add(listener);
        listener.up();
        return () -> listeners.remove(listener);
    }

    @Override
    public Claims claim(ClaimRequest request) {
        AtomicReference<Claims> claims = new AtomicReference<>(new Claims(List.of(), request.startAfter()));
        sessions.computeIfPresent(request.group().session(), (name, session) -> {
            claims.set(session.claim(request));
            return session;
        });
        return claims.get();
    }

    @Override
    public Set<Long> acknowledge(GroupKey group, Collection<Claim> claims) {
        Set<Long> done = new HashSet<>();
        sessions.computeIfPresent(group.session(), (name, session) -> {
            claims.stream()
                    .filter(claim -> session.acknowledge(group.group(), claim))
                    .forEach(claim -> done.add(claim.offset()));
            return session;
        });
        return done;
    }

    @Override
    public void release(GroupKey group, Collection<Claim> claims) {
        sessions.computeIfPresent(group.session(), (name, session) -> {
            claims.forEach(claim -> session.release(group.group(), claim));
            return session;
        });
    }

    /** The number of events is kept at each append; this is about their age. */
    @Override
    public long trim(Instant now) {
        return retention.maxAge().map(age -> trimBefore(now.minus(age))).orElse(0L);
    }

    private long trimBefore(Instant oldest) {
        long removed = 0;
        for (String name : sessions.keySet()) {
            AtomicLong here = new AtomicLong();
            sessions.computeIfPresent(name, (same, session) -> {
                here.set(session.trim(oldest));
                return session.isOver(oldest) ? null : session;
            });
            removed += here.get();
        }
        return removed;
    }
}
