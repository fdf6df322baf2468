package dev.signalbox.session.mongodb;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;

import com.mongodb.MongoException;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.InsertManyOptions;
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
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.bson.BsonBinary;
import org.bson.Document;

/*
 * Without a transaction, and without a counter that everyone would queue at: look up the last offset of each session, and put the events in
 * after it. Two unique indexes make that safe. One is on (session, offset): whoever loses the race for an offset gets a
 * duplicate, looks again and goes on. The other is on (batch, n): an event of a batch that was put in before, by a call whose
 * answer was lost or that is still under way, is a duplicate, too; it is found by its batch, and keeps the place it has.
 *
 * The events go in in order, and the first duplicate stops the rest, so a session never gets the second event of a batch without the
 * first. If the process dies in between, the first ones stay. They were never acknowledged, and readers cannot tell them from a
 * batch that ended there.
 *
 * Where events are removed, an append that looked up the last offset a long time ago could put its events where others were. So the
 * removal says first, in the session's head, what is off limits, and an append looks there last, and takes its events back.
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
        Map<Integer, Place> places = new TreeMap<>();
        places.putAll(putIn(batch, places.keySet()));
        for (int attempt = 1; places.size() < batch.entries().size(); attempt++) {
            pause(end, attempt);
            places.putAll(placed(batch));
            if (places.size() < batch.entries().size()) {
                places.putAll(putIn(batch, places.keySet()));
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
            places.put(event.getInteger("n"), place(event));
        }
        return places;
    }

    private static Place place(Document event) {
        return new Place(event.getLong("offset"), event.getDate("at").toInstant());
    }

    private Map<Integer, Place> putIn(Append batch, Set<Integer> done) {
        List<Document> documents = documents(batch, done);
        try {
            collection.insertMany(documents, new InsertManyOptions().ordered(true));
        } catch (MongoException e) {
            if (Failures.isDuplicate(e)) {
                return Map.of();
            }
            throw e;
        }
        Set<String> late = mindsRemovals ? takeBack(documents) : Set.of();
        Map<Integer, Place> places = new HashMap<>();
        documents.stream()
                .filter(Predicate.not(event -> late.contains(event.getString("sessionId"))))
                .forEach(event -> places.put(event.getInteger("n"), place(event)));
        return places;
    }

    private List<Document> documents(Append batch, Set<Integer> done) {
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
            runs.put(session, last == null ? begin(session, batch, now) : new Run(last, now));
        }
        List<Document> documents = new ArrayList<>();
        for (int n = 0; n < entries.size(); n++) {
            Run run = done.contains(n) ? null : runs.get(entries.get(n).session());
            if (run != null) {
                documents.add(run.next(entries.get(n))
                        .append("batch", new BsonBinary(batch.id()))
                        .append("n", n));
            }
        }
        return documents;
    }

    private Run begin(String session, Append batch, Instant now) {
        long first = heads.begin(session, batch.firstOffset(), now);
        return new Run(first, first, now);
    }

    /** The events of one session in a batch. */
    private static final class Run {
        private final long begin;
        private final Date at;
        private long next;

        Run(long next, long begin, Instant at) {
            this.next = next;
            this.begin = begin;
            this.at = Date.from(at);
        }

        Run(Events.Last last, Instant now) {
            this(last.offset() + 1, last.begin(), last.at().isBefore(now) ? now : last.at());
        }

        Document next(Entry entry) {
            return new Document("sessionId", entry.session())
                    .append("offset", next++)
                    .append("begin", begin)
                    .append("at", at)
                    .append("message", Payload.toField(entry.payload()));
        }
    }

    /** The sessions whose events came where others had been removed meanwhile; they are out again. */
    private Set<String> takeBack(List<Document> documents) {
        Map<String, Long> lowest = new HashMap<>();
        documents.forEach(event -> lowest.merge(event.getString("sessionId"), event.getLong("offset"), Math::min));
        Set<String> late = new HashSet<>();
        heads.floors(lowest.keySet()).forEach((session, floor) -> {
            if (lowest.getOrDefault(session, floor) < floor) {
                late.add(session);
            }
        });
        List<Object> ids = documents.stream()
                .filter(event -> late.contains(event.getString("sessionId")))
                .map(event -> event.get("_id"))
                .toList();
        if (!ids.isEmpty()) {
            collection.deleteMany(in("_id", ids));
        }
        return late;
    }
}
