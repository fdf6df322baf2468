package dev.signalbox.session.mongodb;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;

import com.mongodb.MongoException;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.InsertManyOptions;
import dev.signalbox.session.bus.EventId;
import dev.signalbox.session.bus.SessionStore.Append;
import dev.signalbox.session.bus.SessionStore.Entry;
import dev.signalbox.session.bus.SessionStore.Place;
import dev.signalbox.session.bus.SessionUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.bson.BsonBinary;
import org.bson.Document;

/*
 * Without a transaction, and without a counter that everyone would queue at: look up the last offset of each session, and put the events in
 * after it. Two unique indexes make that safe. One is on (session, offset): a node that loses the race for an offset gets a
 * duplicate, looks again and goes on. The other is on (batch, n): an event of a batch that was put in before, by a call whose
 * answer was lost or that is still under way, is a duplicate, too; it is found by its batch, and keeps the place it has.
 *
 * The events go in in order, and the first duplicate stops the rest, so a session never gets the second event of a batch without the
 * first. If the process dies in between, the first ones stay. They were never acknowledged, and readers cannot tell them from a
 * batch that ended there.
 *
 * Where events are removed, an append that looked up the last offset a long time ago could put its events where others were. So the
 * removal says first, in the session's head, what is off limits, and an append looks there last, and takes its events back: unless
 * the last event that was removed is one of its own, which then were in their place before the removal, and readers may have seen them.
 */
/** Appends batches. Thread-safe. */
final class Appends {
    /** Less than heads are good for. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final MongoCollection<Document> collection;
    private final Events events;
    private final Heads heads;
    private final boolean mindsRemovals;

    Appends(MongoCollection<Document> collection, Events events, Heads heads, boolean mindsRemovals) {
        this.collection = collection;
        this.events = events;
        this.heads = heads;
        this.mindsRemovals = mindsRemovals;
    }

    List<Place> append(Append batch) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        boolean mayBeThere = batch.keyed() || batch.expected().isPresent();
        Map<Integer, Place> places = new TreeMap<>(mayBeThere ? placed(batch) : Map.of());
        for (int attempt = 1; places.size() < batch.entries().size(); attempt++) {
            places.putAll(putIn(batch, places.keySet()));
            if (places.size() < batch.entries().size()) {
                pause(end, attempt);
                places.putAll(placed(batch));
            }
        }
        return List.copyOf(places.values());
    }

    /** Grows a little with each lost race: the winner's events can be seen only once the majority has them. */
    private static void pause(long end, int attempt) {
        if (System.nanoTime() > end) {
            throw new SessionUnavailableException("too many others append to the same sessions", null);
        }
        long most = Duration.ofMillis(Math.min(50, attempt)).toNanos();
        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(most / 4, most));
    }

    /** Where those events of a batch are that are in. */
    private Map<Integer, Place> placed(Append batch) {
        Map<Integer, Place> places = new HashMap<>();
        for (Document event : collection.find(eq("batch", new BsonBinary(batch.id())))) {
            places.put(event.getInteger("n"), place(event, EventId.UNKNOWN));
        }
        return places;
    }

    private static Place place(Document event, UUID previous) {
        return new Place(event.getLong("offset"), event.getDate("at").toInstant(), previous);
    }

    /** Empty if an event is a duplicate; those before it may be in. */
    private Map<Integer, Place> putIn(Append batch, Set<Integer> done) {
        List<Fresh> fresh = fresh(batch, done);
        List<Document> documents = fresh.stream().map(Fresh::event).toList();
        boolean whole = insert(documents);
        Set<String> late = mindsRemovals ? takeBack(batch.id(), whole ? documents : stored(documents)) : Set.of();
        Map<Integer, Place> places = new HashMap<>();
        if (whole) {
            fresh.stream()
                    .filter(one -> !late.contains(one.event().getString("sessionId")))
                    .forEach(one -> places.put(one.event().getInteger("n"), place(one.event(), one.previous())));
        }
        return places;
    }

    private boolean insert(List<Document> documents) {
        try {
            collection.insertMany(documents, new InsertManyOptions().ordered(true));
            return true;
        } catch (MongoException e) {
            if (Failures.isDuplicate(e)) {
                return false;
            }
            throw e;
        }
    }

    /** Those of these documents that are in the collection. */
    private List<Document> stored(List<Document> documents) {
        return collection.find(in("_id", ids(documents))).into(new ArrayList<>());
    }

    private static List<Object> ids(List<Document> documents) {
        return documents.stream().map(event -> event.get("_id")).toList();
    }

    /** An event to put in, and the batch of the one before it. */
    private record Fresh(Document event, UUID previous) {}

    private List<Fresh> fresh(Append batch, Set<Integer> done) {
        Set<String> sessions = new HashSet<>();
        List<Entry> entries = batch.entries();
        for (int n = 0; n < entries.size(); n++) {
            if (!done.contains(n)) {
                sessions.add(entries.get(n).session());
            }
        }
        Instant now = batch.at().truncatedTo(ChronoUnit.MILLIS);
        Map<String, Events.Last> lasts = events.last(sessions);
        Map<String, Run> runs = new HashMap<>();
        for (String session : sessions) {
            Events.Last last = lasts.get(session);
            batch.requireExpected(last == null ? EventId.NONE : last.id());
            runs.put(session, last == null ? begin(session, batch, now) : new Run(last, now, batch.id()));
        }
        List<Fresh> fresh = new ArrayList<>();
        for (int n = 0; n < entries.size(); n++) {
            Run run = done.contains(n) ? null : runs.get(entries.get(n).session());
            if (run != null) {
                fresh.add(run.next(entries.get(n), n));
            }
        }
        return fresh;
    }

    private Run begin(String session, Append batch, Instant now) {
        long first = heads.begin(session, batch.firstOffset(), now);
        return new Run(first, first, now, EventId.UNKNOWN, batch.id());
    }

    /** The events of one session in a batch. */
    private static final class Run {
        private final long begin;
        private final Date at;
        private final UUID batch;
        private UUID previous;
        private long next;

        Run(long next, long begin, Instant at, UUID previous, UUID batch) {
            this.next = next;
            this.begin = begin;
            this.at = Date.from(at);
            this.previous = previous;
            this.batch = batch;
        }

        Run(Events.Last last, Instant now, UUID batch) {
            this(last.offset() + 1, last.begin(), last.at().isBefore(now) ? now : last.at(), last.batch(), batch);
        }

        Fresh next(Entry entry, int n) {
            Document event = new Document("sessionId", entry.session())
                    .append("offset", next++)
                    .append("begin", begin)
                    .append("at", at)
                    .append("message", Payload.toField(entry.payload()))
                    .append("batch", new BsonBinary(batch))
                    .append("n", n);
            if (!entry.headers().isEmpty()) {
                event.append("headers", entry.headers());
            }
            Fresh fresh = new Fresh(event, previous);
            previous = batch;
            return fresh;
        }
    }

    /** The sessions whose events came where others had been removed meanwhile; they are out again. */
    private Set<String> takeBack(UUID batch, List<Document> documents) {
        Map<String, Long> lowest = new HashMap<>();
        documents.forEach(event -> lowest.merge(event.getString("sessionId"), event.getLong("offset"), Math::min));
        Set<String> late = new HashSet<>();
        heads.floors(lowest.keySet()).forEach((session, floor) -> {
            boolean removed = lowest.getOrDefault(session, floor.next()) < floor.next();
            if (removed && !floor.batch().equals(batch)) {
                late.add(session);
            }
        });
        List<Document> misplaced = documents.stream()
                .filter(event -> late.contains(event.getString("sessionId")))
                .toList();
        if (!misplaced.isEmpty()) {
            collection.deleteMany(in("_id", ids(misplaced)));
        }
        return late;
    }
}
