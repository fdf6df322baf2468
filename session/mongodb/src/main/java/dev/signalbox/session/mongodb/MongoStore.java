package dev.signalbox.session.mongodb;

import static dev.signalbox.session.mongodb.Failures.translating;

import dev.signalbox.session.bus.Retention;
import dev.signalbox.session.bus.SessionStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** Sessions in MongoDB. Thread-safe. */
final class MongoStore implements SessionStore {
    private final MongoCollections collections;
    private final InstantSource clock;
    private final Duration mostPause;
    private final Events events;
    private final Appends appends;
    private final Groups groups;
    private final Trimming trimming;
    private final AtomicLong foreign = new AtomicLong();
    private final List<MongoTail> tails = new CopyOnWriteArrayList<>();

    MongoStore(MongoCollections collections, Retention retention, InstantSource clock, Duration mostPause) {
        this.collections = collections;
        this.clock = clock;
        this.mostPause = mostPause;
        Heads heads = new Heads(collections.heads());
        events = new Events(collections.events());
        appends = new Appends(collections.events(), events, heads, !retention.isForever());
        groups = new Groups(collections.groups(), events, clock);
        trimming = new Trimming(collections.events(), events, heads, groups, retention);
    }

    @Override
    public InstantSource clock() {
        return clock;
    }

    @Override
    public List<Place> append(Append batch) {
        List<Place> places = translating(() -> appends.append(batch));
        trimming.touch(batch.entries().stream().map(Entry::session).toList());
        return places;
    }

    @Override
    public List<Slice> read(List<Cursor> cursors, int limit) {
        return translating(() -> events.read(cursors, limit));
    }

    @Override
    public Map<String, Long> last(Collection<String> sessions) {
        Map<String, Long> last = new HashMap<>();
        if (!sessions.isEmpty()) {
            translating(() -> events.last(sessions)).forEach((session, found) -> last.put(session, found.offset()));
        }
        return last;
    }

    @Override
    public long before(String session, Instant since) {
        return translating(() -> events.before(session, since));
    }

    @Override
    public Tail tail(TailListener listener) {
        MongoTail tail = new MongoTail(collections.stream(), listener, foreign, mostPause);
        tails.add(tail);
        tail.start();
        return () -> {
            tail.close();
            tails.remove(tail);
        };
    }

    /** How many documents without an offset came in while somebody watched. */
    long foreign() {
        return foreign.get();
    }

    @Override
    public Claims claim(ClaimRequest request) {
        return translating(() -> groups.claim(request));
    }

    @Override
    public Set<Long> acknowledge(GroupKey group, Collection<Claim> claims) {
        return translating(() -> groups.acknowledge(group, claims));
    }

    @Override
    public void release(GroupKey group, Collection<Claim> claims) {
        translating(() -> groups.release(group, claims));
    }

    @Override
    public long trim(Instant now) {
        return translating(() -> trimming.trim(now));
    }

    @Override
    public void close() {
        tails.forEach(MongoTail::close);
    }
}
