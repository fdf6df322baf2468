package dev.signalbox.session.mongodb;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lte;
import static com.mongodb.client.model.Filters.or;
import static com.mongodb.client.model.Sorts.ascending;
import static com.mongodb.client.model.Sorts.descending;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Accumulators;
import com.mongodb.client.model.Aggregates;
import com.mongodb.client.model.Projections;
import dev.signalbox.session.bus.EventId;
import dev.signalbox.session.bus.SessionStore.Cursor;
import dev.signalbox.session.bus.SessionStore.Slice;
import dev.signalbox.session.bus.SessionStore.Stored;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.bson.types.Binary;

/** Reads events. Documents without an offset, as other programs put them in, are not seen. Thread-safe. */
final class Events {
    /** A session's last event, without its payload. */
    record Last(long offset, UUID batch, long begin, Instant at) {
        EventId id() {
            return new EventId(offset, batch);
        }
    }

    private static final int UUID_BYTES = 16;

    private final MongoCollection<Document> events;

    Events(MongoCollection<Document> events) {
        this.events = events;
    }

    /** In an order that the index has, so that each session costs one look into it, however many events it has. */
    Map<String, Last> last(Collection<String> sessions) {
        Map<String, Last> last = new HashMap<>();
        List<Bson> pipeline = List.of(
                Aggregates.match(and(in("sessionId", sessions), gt("offset", 0L))),
                Aggregates.sort(descending("sessionId", "offset")),
                Aggregates.group(
                        "$sessionId",
                        Accumulators.first("offset", "$offset"),
                        Accumulators.first("batch", "$batch"),
                        Accumulators.first("begin", "$begin"),
                        Accumulators.first("at", "$at")));
        for (Document found : events.aggregate(pipeline)) {
            last.put(
                    found.getString("_id"),
                    new Last(
                            found.getLong("offset"),
                            batch(found),
                            found.getLong("begin"),
                            found.getDate("at").toInstant()));
        }
        return last;
    }

    /**
     * The last offsets come before the events. The other way round, an event appended in between would look as if it was gone;
     * this way it comes after the last, or is read next time. Subscribers that are behind by little are served together.
     */
    List<Slice> read(List<Cursor> cursors, int limit) {
        Map<String, Last> lasts =
                last(cursors.stream().map(Cursor::session).distinct().toList());
        List<Cursor> near = cursors.stream()
                .filter(cursor -> isBehind(cursor, lasts) && offset(lasts, cursor) - cursor.after() <= limit)
                .toList();
        Map<String, NavigableMap<Long, Stored>> together = between(near, lasts);
        List<Slice> slices = new ArrayList<>(cursors.size());
        for (Cursor cursor : cursors) {
            List<Stored> found = List.of();
            if (isBehind(cursor, lasts)) {
                found = offset(lasts, cursor) - cursor.after() <= limit
                        ? List.copyOf(together.getOrDefault(cursor.session(), new TreeMap<>())
                                .tailMap(cursor.after(), false)
                                .values())
                        : after(cursor, limit);
            }
            Last last = lasts.get(cursor.session());
            slices.add(last == null ? Slice.UNKNOWN : slice(found, last));
        }
        return slices;
    }

    private static boolean isBehind(Cursor cursor, Map<String, Last> lasts) {
        return offset(lasts, cursor) > cursor.after();
    }

    private static long offset(Map<String, Last> lasts, Cursor cursor) {
        Last last = lasts.get(cursor.session());
        return last == null ? 0 : last.offset();
    }

    private Map<String, NavigableMap<Long, Stored>> between(List<Cursor> cursors, Map<String, Last> lasts) {
        Map<String, NavigableMap<Long, Stored>> found = new HashMap<>();
        if (cursors.isEmpty()) {
            return found;
        }
        List<Bson> ranges = cursors.stream()
                .map(cursor -> and(
                        eq("sessionId", cursor.session()),
                        gt("offset", cursor.after()),
                        lte("offset", offset(lasts, cursor))))
                .toList();
        for (Document event : events.find(or(ranges))) {
            found.computeIfAbsent(event.getString("sessionId"), name -> new TreeMap<>())
                    .put(event.getLong("offset"), stored(event));
        }
        return found;
    }

    private List<Stored> after(Cursor cursor, int limit) {
        return events.find(and(eq("sessionId", cursor.session()), gt("offset", cursor.after())))
                .sort(ascending("offset"))
                .limit(limit)
                .map(Events::stored)
                .into(new ArrayList<>());
    }

    /** Up to the first hole, which there is while events are being removed; what is beyond it is read next, and the hole told. */
    private static Slice slice(List<Stored> found, Last last) {
        int end = Math.min(1, found.size());
        while (end < found.size()
                && found.get(end).offset() == found.get(end - 1).offset() + 1) {
            end++;
        }
        boolean grown = !found.isEmpty() && found.getLast().offset() > last.offset();
        return new Slice(
                found.subList(0, end), last.begin(), grown ? found.getLast().id() : last.id());
    }

    private static Stored stored(Document event) {
        Object message = event.get("message");
        String headers = event.getString("headers");
        return new Stored(
                event.getLong("offset"),
                batch(event),
                event.getDate("at").toInstant(),
                headers == null ? "" : headers,
                Payload.toBytes(message == null ? "" : message));
    }

    /** The driver reads a binary value as the type that its registry has for it. */
    static UUID batch(Document event) {
        return switch (event.get("batch")) {
            case UUID id -> id;
            case Binary binary
            when binary.getData().length == UUID_BYTES -> {
                ByteBuffer bytes = ByteBuffer.wrap(binary.getData());
                yield new UUID(bytes.getLong(), bytes.getLong());
            }
            case null, default -> EventId.UNKNOWN;
        };
    }

    /** Names of sessions after this one: one look into the index each, whatever is in between. */
    List<String> sessions(String after, int limit) {
        List<String> sessions = new ArrayList<>();
        Optional<String> next = sessionAfter(after);
        while (next.isPresent() && sessions.size() < limit) {
            sessions.add(next.get());
            next = sessionAfter(next.get());
        }
        return sessions;
    }

    Optional<String> sessionAfter(String session) {
        return Optional.ofNullable(events.find(and(gt("sessionId", session), gt("offset", 0L)))
                        .sort(ascending("sessionId", "offset"))
                        .projection(Projections.include("sessionId"))
                        .first())
                .map(event -> event.getString("sessionId"));
    }
}
