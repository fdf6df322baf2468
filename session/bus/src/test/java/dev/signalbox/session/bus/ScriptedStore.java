package dev.signalbox.session.bus;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A store in memory whose next calls can be made to do something else, and whose session can be set back. Thread-safe. */
final class ScriptedStore implements SessionStore {
    /** Every batch that came, in order. */
    final List<Append> batches = new CopyOnWriteArrayList<>();
    /** What the next appends do instead, in turn. */
    final ConcurrentLinkedQueue<Function<Append, List<Place>>> appends = new ConcurrentLinkedQueue<>();

    /** Runs once, after the next read has found what it found and before its reader has it. */
    final AtomicReference<@Nullable Runnable> duringRead = new AtomicReference<>();

    private final List<TailListener> listeners = new CopyOnWriteArrayList<>();
    private final List<Stored> events = new ArrayList<>();
    private long begin = 1;
    private long last;

    @Override
    public List<Place> append(Append batch) {
        batches.add(batch);
        Function<Append, List<Place>> scripted = appends.poll();
        return scripted == null ? put(batch) : scripted.apply(batch);
    }

    synchronized List<Place> put(Append batch) {
        List<Place> places = new ArrayList<>();
        for (Entry entry : batch.entries()) {
            Stored event = new Stored(++last, batch.at(), entry.payload());
            events.add(event);
            places.add(new Place(last, batch.at()));
            listeners.forEach(listener -> listener.appended(entry.session(), List.of(event)));
        }
        return places;
    }

    /** As another node would: nobody is told. */
    synchronized void grow(int more) {
        for (int i = 0; i < more; i++) {
            events.add(new Stored(++last, Instant.EPOCH, new byte[0]));
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
    }

    static Stored event(long offset) {
        return new Stored(offset, Instant.EPOCH, new byte[0]);
    }

    @Override
    public boolean isImmediate() {
        return true;
    }

    @Override
    public List<Slice> read(List<Cursor> cursors, int limit) {
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
        return last == 0 ? Slice.UNKNOWN : new Slice(found, begin, last);
    }

    @Override
    public synchronized Map<String, Long> last(Collection<String> sessions) {
        return last == 0 ? Map.of() : Map.of("s", last);
    }

    @Override
    public long before(String session, Instant since) {
        return 0;
    }

    @Override
    public Tail tail(TailListener listener) {
        listeners.add(listener);
        listener.up();
        return () -> listeners.remove(listener);
    }

    @Override
    public Claims claim(ClaimRequest request) {
        return new Claims(List.of(), request.startAfter());
    }

    @Override
    public Set<Long> acknowledge(GroupKey group, Collection<Claim> claims) {
        return Set.of();
    }

    @Override
    public void release(GroupKey group, Collection<Claim> claims) {}

    @Override
    public long trim(Instant now) {
        return 0;
    }
}
