package dev.signalbox.session.bus;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Sessions in memory. Each is touched only inside of the map's own locks. Thread-safe. */
final class MemoryStore implements SessionStore {
    private record Keyed(Instant at, List<Place> places) {}

    private final Retention retention;
    private final InstantSource clock;
    private final ConcurrentHashMap<String, MemorySession> sessions = new ConcurrentHashMap<>();
    /** The same names in order, for those who list them. */
    private final ConcurrentSkipListMap<String, Boolean> names = new ConcurrentSkipListMap<>();
    /** Appends never fail with an unknown outcome, so only those that a caller may repeat are remembered. */
    private final ConcurrentHashMap<UUID, Keyed> keyed = new ConcurrentHashMap<>();

    private final List<ChangeListener> listeners = new CopyOnWriteArrayList<>();

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
        return batch.keyed()
                ? keyed.computeIfAbsent(batch.id(), id -> new Keyed(batch.at(), appendNew(batch)))
                        .places()
                : appendNew(batch);
    }

    private List<Place> appendNew(Append batch) {
        List<Entry> entries = batch.entries();
        List<Stored> events = new ArrayList<>(entries.size());
        List<Place> places = new ArrayList<>(entries.size());
        for (Entry entry : entries) {
            sessions.compute(entry.session(), (name, known) -> {
                if (batch.expected().isPresent()) {
                    batch.requireExpected(known == null ? EventId.NONE : known.last());
                }
                MemorySession session = known == null ? begin(name, batch) : known;
                UUID previous = session.lastBatch();
                Stored event = session.append(batch, entry);
                events.add(event);
                places.add(new Place(event.offset(), event.at(), previous));
                return session;
            });
        }
        for (ChangeListener listener : listeners) {
            tell(listener, entries, events, places);
        }
        return places;
    }

    /** Once for each run of a session's events. */
    private static void tell(ChangeListener listener, List<Entry> entries, List<Stored> events, List<Place> places) {
        int from = 0;
        for (int end = 1; end <= events.size(); end++) {
            String session = entries.get(from).session();
            if (end == events.size() || !entries.get(end).session().equals(session)) {
                listener.appended(session, places.get(from).previous(), events.subList(from, end));
                from = end;
            }
        }
    }

    private MemorySession begin(String name, Append batch) {
        names.put(name, true);
        return new MemorySession(batch.firstOffset(), retention.maxEvents().orElse(Long.MAX_VALUE));
    }

    /** Asks a session, if it is known. */
    private <R> Optional<R> ask(String name, Function<MemorySession, R> question) {
        List<R> answer = new ArrayList<>(1);
        sessions.computeIfPresent(name, (same, session) -> {
            answer.add(question.apply(session));
            return session;
        });
        return answer.stream().findFirst();
    }

    @Override
    public List<Slice> read(List<Cursor> cursors, int limit) {
        return cursors.stream()
                .map(cursor -> ask(cursor.session(), session -> session.read(cursor.after(), limit))
                        .orElse(Slice.UNKNOWN))
                .toList();
    }

    @Override
    public Map<String, EventId> heads(Collection<String> asked) {
        Map<String, EventId> heads = new HashMap<>();
        asked.forEach(name -> ask(name, MemorySession::last).ifPresent(last -> heads.put(name, last)));
        return heads;
    }

    @Override
    public List<String> sessions(String after, int limit) {
        return names.tailMap(after, false).keySet().stream().limit(limit).toList();
    }

    @Override
    public void delete(String name) {
        sessions.computeIfPresent(name, (same, session) -> forget(same));
    }

    private @Nullable MemorySession forget(String name) {
        names.remove(name);
        return null;
    }

    @Override
    public Notifications listen(ChangeListener listener, Duration liveness) {
        listeners.add(listener);
        CountDownLatch closed = new CountDownLatch(1);
        return new Notifications() {
            @Override
            public void await(Duration within) throws InterruptedException {
                boolean _ = closed.await(within.toNanos(), TimeUnit.NANOSECONDS);
            }

            @Override
            public void check() {
                // It is in this process.
            }

            @Override
            public void close() {
                listeners.remove(listener);
                closed.countDown();
            }
        };
    }

    @Override
    public Optional<GroupDocument> group(GroupKey key) {
        return ask(key.session(), session -> session.group(key.group())).flatMap(found -> found);
    }

    @Override
    public boolean replaceGroup(GroupKey key, long expected, GroupDocument document) {
        return ask(key.session(), session -> session.replaceGroup(key.group(), expected, document))
                .orElse(false);
    }

    /** The number of events is kept at each append; this is about their age. */
    @Override
    public long trim(Instant now) {
        keyed.values().removeIf(old -> old.at().isBefore(now.minus(REMEMBERED)));
        return retention.maxAge().map(age -> trimBefore(now.minus(age))).orElse(0L);
    }

    private long trimBefore(Instant oldest) {
        long removed = 0;
        for (String name : sessions.keySet()) {
            removed += ask(name, session -> session.trim(oldest)).orElse(0L);
            sessions.computeIfPresent(name, (same, session) -> session.isOver(oldest) ? forget(same) : session);
        }
        return removed;
    }
}
