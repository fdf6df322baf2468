package dev.signalbox.session.bus;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A store in memory whose next calls can be made to do something else, and whose session can be set back. Thread-safe. */
final class ScriptedStore implements SessionStore {
    /** Every batch that came, in order. */
    final List<Append> batches = new CopyOnWriteArrayList<>();
    /** What the next appends do instead, in turn. */
    final ConcurrentLinkedQueue<Function<Append, List<Place>>> appends = new ConcurrentLinkedQueue<>();

    /** Runs once, after the next read has found what it found and before its reader has it. */
    final AtomicReference<@Nullable Runnable> duringRead = new AtomicReference<>();

    /** What the next reads do before they find anything. */
    final AtomicReference<Runnable> beforeRead = new AtomicReference<>(() -> {});
    /** What each trim does. */
    final AtomicReference<LongSupplier> trim = new AtomicReference<>(() -> 0);

    final AtomicInteger sweeps = new AtomicInteger();
    private final boolean immediate;
    private final List<ChangeListener> listeners = new CopyOnWriteArrayList<>();
    private final List<Stored> events = new ArrayList<>();
    private final Map<GroupKey, GroupDocument> groups = new ConcurrentHashMap<>();
    private final Map<GroupKey, GroupDocument> saved = new HashMap<>();
    private long begin = 1;
    private long last;
    private UUID lastBatch = EventId.UNKNOWN;
    /** What came after the store went back is told apart by this. */
    private int era = 1;

    ScriptedStore() {
        this(true);
    }

    ScriptedStore(boolean immediate) {
        this.immediate = immediate;
    }

    @Override
    public List<Place> append(Append batch) {
        batches.add(batch);
        Function<Append, List<Place>> scripted = appends.poll();
        return scripted == null ? put(batch) : scripted.apply(batch);
    }

    synchronized List<Place> put(Append batch) {
        List<Place> places = new ArrayList<>();
        for (Entry entry : batch.entries()) {
            UUID previous = lastBatch;
            lastBatch = batch.id();
            Stored event = new Stored(++last, lastBatch, batch.at(), entry.headers(), entry.payload());
            events.add(event);
            places.add(new Place(last, batch.at(), previous));
            listeners.forEach(listener -> listener.appended(entry.session(), previous, List.of(event)));
        }
        return places;
    }

    /** As another node would: nobody is told. */
    synchronized void grow(int more) {
        for (int i = 0; i < more; i++) {
            events.add(event(era, ++last));
            lastBatch = events.getLast().batch();
        }
    }

    /** As retention would. */
    synchronized void keep(int newest) {
        events.subList(0, events.size() - newest).clear();
    }

    /** As a failover to a replica that was behind would. */
    synchronized void goBackTo(long offset) {
        events.removeIf(event -> event.offset() > offset);
        last = offset;
        lastBatch = events.getLast().batch();
        era++;
    }

    /** Remembers the groups as they are. */
    synchronized void save() {
        saved.putAll(groups);
    }

    /** As a backup would: groups as they were saved, and events up to this offset. */
    synchronized void restore(long offset) {
        groups.clear();
        groups.putAll(saved);
        goBackTo(offset);
    }

    /** The event with this offset, from before the store went back. */
    static Stored event(long offset) {
        return event(1, offset);
    }

    static Stored event(int era, long offset) {
        return new Stored(offset, new UUID(era, offset), Instant.EPOCH, "", new byte[0]);
    }

    synchronized EventId head() {
        return new EventId(last, lastBatch);
    }

    @Override
    public boolean isImmediate() {
        return immediate;
    }

    @Override
    public List<Slice> read(List<Cursor> cursors, int limit) {
        beforeRead.get().run();
        List<Slice> slices = cursors.stream().map(cursor -> read(cursor, limit)).toList();
        Runnable meanwhile = duringRead.getAndSet(null);
        if (meanwhile != null) {
            meanwhile.run();
        }
        return slices;
    }

    private synchronized Slice read(Cursor cursor, int limit) {
        List<Stored> found = events.stream()
                .filter(event -> event.offset() > cursor.after())
                .limit(limit)
                .toList();
        return last == 0 ? Slice.UNKNOWN : new Slice(found, begin, head());
    }

    @Override
    public synchronized Map<String, EventId> heads(Collection<String> sessions) {
        sweeps.incrementAndGet();
        return last == 0 ? Map.of() : Map.of("s", head());
    }

    @Override
    public List<String> sessions(String after, int limit) {
        return List.of("s");
    }

    @Override
    public synchronized void delete(String session) {
        events.clear();
    }

    @Override
    public Notifications listen(ChangeListener listener, Duration liveness) {
        listeners.add(listener);
        return new Notifications() {
            @Override
            public void await(Duration within) throws InterruptedException {
                TimeUnit.NANOSECONDS.sleep(within.toNanos());
            }

            @Override
            public void check() {}

            @Override
            public void close() {
                listeners.remove(listener);
            }
        };
    }

    @Override
    public Optional<GroupDocument> group(GroupKey key) {
        return Optional.ofNullable(groups.get(key));
    }

    @Override
    public synchronized boolean replaceGroup(GroupKey key, long expected, GroupDocument document) {
        boolean same = group(key).map(GroupDocument::version).orElse(GroupDocument.ABSENT) == expected;
        if (same) {
            groups.put(key, document);
        }
        return same;
    }

    @Override
    public long trim(Instant now) {
        return trim.get().getAsLong();
    }
}
