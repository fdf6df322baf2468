package dev.signalbox.session.mongodb;

import static dev.signalbox.session.mongodb.Failures.translating;

import dev.signalbox.session.bus.EventId;
import dev.signalbox.session.bus.Retention;
import dev.signalbox.session.bus.SessionStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Sessions in MongoDB. Thread-safe. */
final class MongoStore implements SessionStore {
    private final InstantSource clock;
    private final Events events;
    private final Appends appends;
    private final Groups groups;
    private final Trimmer trimmer;
    private final MongoChanges changes;

    MongoStore(MongoCollections collections, Retention retention, InstantSource clock) {
        this.clock = clock;
        this.changes = new MongoChanges(collections.stream());
        Heads heads = new Heads(collections.heads());
        events = new Events(collections.events());
        appends = new Appends(collections.events(), events, heads, !retention.isForever());
        groups = new Groups(collections.groups(), events, clock);
        trimmer = new Trimmer(collections.events(), events, heads, groups, retention);
    }

    @Override
    public InstantSource clock() {
        return clock;
    }

    @Override
    public List<Place> append(Append batch) {
        List<Place> places = translating(() -> appends.append(batch));
        trimmer.touch(batch.entries().stream().map(Entry::session).toList());
        return places;
    }

    @Override
    public List<Slice> read(List<Cursor> cursors, int limit) {
        return translating(() -> events.read(cursors, limit));
    }

    @Override
    public Map<String, EventId> heads(Collection<String> sessions) {
        Map<String, EventId> heads = new HashMap<>();
        if (!sessions.isEmpty()) {
            translating(() -> events.last(sessions)).forEach((session, last) -> heads.put(session, last.id()));
        }
        return heads;
    }

    @Override
    public List<String> sessions(String after, int limit) {
        return translating(() -> events.sessions(after, limit));
    }

    @Override
    public void delete(String session) {
        translating(() -> {
            trimmer.delete(session, clock.instant());
            return session;
        });
    }

    @Override
    public Notifications listen(ChangeListener listener, Duration liveness) {
        return translating(() -> changes.open(listener, liveness));
    }

    /** How many documents without an offset came in while somebody watched. */
    long foreign() {
        return changes.foreign();
    }

    @Override
    public Optional<GroupDocument> group(GroupKey key) {
        return translating(() -> groups.find(key));
    }

    @Override
    public boolean replaceGroup(GroupKey key, long expected, GroupDocument document) {
        return translating(() -> groups.replace(key, expected, document));
    }

    @Override
    public long trim(Instant now) {
        return translating(() -> trimmer.trim(now));
    }
}
