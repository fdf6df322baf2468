package dev.signalbox.session.mongodb;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Filters.lte;
import static com.mongodb.client.model.Sorts.ascending;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Projections;
import dev.signalbox.session.bus.Retention;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bson.Document;
import org.bson.conversions.Bson;

/**
 * Removes what need not be kept, a thousand events at a time, the oldest of a session first. Not by an index with a time to live or a
 * capped collection, since these say nothing before they remove, and could not be tried without a real server.
 *
 * <p>For the number of events, a node looks after the sessions that it appended to, and in passing after all others.
 */
final class Trimmer {
    private static final int EVENTS = 1_000;
    /** Sessions that were appended to and not looked after yet; beyond it, they are found in passing. */
    private static final int MOST_TOUCHED = 100_000;

    private static final int IN_PASSING = 100;
    /** How far after the last event the next one may come at the earliest: a trimmed session goes on, a deleted one begins with a gap. */
    private static final int SUCCESSOR = 1;

    private static final int ANEW = 2;

    private final MongoCollection<Document> collection;
    private final Events events;
    private final Heads heads;
    private final Groups groups;
    private final Retention retention;
    private final Set<String> touched = new HashSet<>();
    private String passed = "";

    Trimmer(MongoCollection<Document> collection, Events events, Heads heads, Groups groups, Retention retention) {
        this.collection = collection;
        this.events = events;
        this.heads = heads;
        this.groups = groups;
        this.retention = retention;
    }

    synchronized void touch(Collection<String> sessions) {
        if (retention.maxEvents().isPresent() && touched.size() < MOST_TOUCHED) {
            touched.addAll(sessions);
        }
    }

    long trim(Instant now) {
        heads.removeOld(now);
        long removed =
                retention.maxAge().map(age -> trimBefore(now.minus(age), now)).orElse(0L);
        if (removed == 0) {
            removed = retention.maxEvents().map(most -> trimTo(most, now)).orElse(0L);
        }
        return removed;
    }

    private long trimBefore(Instant oldest, Instant now) {
        long removed = remove(lt("at", Date.from(oldest)), ascending("at", "sessionId", "offset"), SUCCESSOR, now);
        if (removed == 0) {
            groups.removeOld(oldest);
        }
        return removed;
    }

    private long trimTo(long most, Instant now) {
        Set<String> sessions = some();
        long removed = 0;
        for (Map.Entry<String, Events.Last> last : events.last(sessions).entrySet()) {
            Bson old = and(
                    eq("sessionId", last.getKey()),
                    gt("offset", 0L),
                    lte("offset", last.getValue().offset() - most));
            long here = remove(old, ascending("offset"), SUCCESSOR, now);
            removed += here;
            if (here == EVENTS) {
                touch(List.of(last.getKey())); // There may be more.
            }
        }
        return removed;
    }

    private synchronized Set<String> some() {
        Set<String> sessions = new HashSet<>();
        var next = touched.iterator();
        while (next.hasNext() && sessions.size() < EVENTS) {
            sessions.add(next.next());
            next.remove();
        }
        for (int i = 0; i < IN_PASSING; i++) {
            Optional<String> session = events.sessionAfter(passed);
            passed = session.orElse("");
            if (session.isEmpty() || !sessions.add(passed)) {
                break;
            }
        }
        return sessions;
    }

    /** Removes all that a session has. */
    void delete(String session, Instant now) {
        Bson all = and(eq("sessionId", session), gt("offset", 0L));
        long removed;
        do {
            removed = remove(all, ascending("offset"), ANEW, now);
        } while (removed > 0);
        groups.remove(session);
    }

    /** The heads are raised first, so that nothing is put in where something was removed. */
    private long remove(Bson which, Bson order, int next, Instant now) {
        List<Document> old = collection
                .find(which)
                .sort(order)
                .limit(EVENTS)
                .projection(Projections.include("sessionId", "offset", "batch"))
                .into(new ArrayList<>());
        if (old.isEmpty()) {
            return 0;
        }
        Map<String, Heads.Floor> floors = new HashMap<>();
        old.forEach(event -> floors.merge(
                event.getString("sessionId"),
                new Heads.Floor(event.getLong("offset") + next, Events.batch(event)),
                (one, other) -> one.next() > other.next() ? one : other));
        heads.raise(floors, now);
        return collection
                .deleteMany(
                        in("_id", old.stream().map(event -> event.get("_id")).toList()))
                .getDeletedCount();
    }
}
