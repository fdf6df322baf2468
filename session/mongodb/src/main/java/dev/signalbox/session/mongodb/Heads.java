package dev.signalbox.session.mongodb;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Updates.combine;
import static com.mongodb.client.model.Updates.max;
import static com.mongodb.client.model.Updates.set;
import static com.mongodb.client.model.Updates.setOnInsert;

import com.mongodb.MongoException;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.UpdateOneModel;
import com.mongodb.client.model.UpdateOptions;
import dev.signalbox.session.bus.EventId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.bson.BsonBinary;
import org.bson.Document;

/**
 * Where a session begins that has no events, so that all who begin it at a time agree; and below which no event may be put in, since there
 * were some that were removed.
 *
 * <p>A head is good for {@link #FRESH}, which is longer than any append takes. Then it is of no use to anyone: a node that finds it moves it to the present
 * first, in one step with looking whether it is still the same. So it may be removed, and a collection of events that was dropped begins
 * with greater offsets.
 */
final class Heads {
    private static final Duration FRESH = Duration.ofMinutes(2);
    private static final Duration KEPT = Duration.ofHours(1);

    private final MongoCollection<Document> heads;

    Heads(MongoCollection<Document> heads) {
        this.heads = heads;
    }

    /** The offset that an event has to have which comes to a session without any. */
    long begin(String session, long first, Instant now) {
        while (true) {
            Document head = heads.find(eq("_id", session)).first();
            if (head == null) {
                create(session, first, now);
            } else if (isFresh(head, now)) {
                return head.getLong("next");
            } else {
                heads.updateOne(
                        and(eq("_id", session), eq("next", head.getLong("next")), eq("at", head.getDate("at"))),
                        combine(max("next", first), set("at", Date.from(now))));
            }
        }
    }

    private static boolean isFresh(Document head, Instant now) {
        return head.getDate("at").toInstant().isAfter(now.minus(FRESH));
    }

    private void create(String session, long first, Instant now) {
        try {
            heads.insertOne(new Document("_id", session).append("next", first).append("at", Date.from(now)));
        } catch (MongoException e) {
            if (!Failures.isDuplicate(e)) {
                throw e;
            }
        }
    }

    /**
     * From where on events may be put in, since those before were removed.
     *
     * @param batch of the last event that was removed; {@link EventId#UNKNOWN} if none was
     */
    record Floor(long next, UUID batch) {}

    /** Before events are removed: nothing may take the place of these any more. A floor only rises, and keeps the batch of its own event. */
    void raise(Map<String, Floor> floors, Instant now) {
        List<UpdateOneModel<Document>> updates = new ArrayList<>();
        floors.forEach((session, floor) -> {
            BsonBinary batch = new BsonBinary(floor.batch());
            updates.add(new UpdateOneModel<>(
                    eq("_id", session),
                    combine(set("at", Date.from(now)), setOnInsert("next", floor.next()), setOnInsert("batch", batch)),
                    new UpdateOptions().upsert(true)));
            updates.add(new UpdateOneModel<>(
                    and(eq("_id", session), lt("next", floor.next())),
                    combine(set("next", floor.next()), set("batch", batch))));
        });
        heads.bulkWrite(updates);
    }

    /** What {@link #raise} said of these sessions. */
    Map<String, Floor> floors(Collection<String> sessions) {
        Map<String, Floor> floors = new HashMap<>();
        heads.find(in("_id", sessions))
                .forEach(
                        head -> floors.put(head.getString("_id"), new Floor(head.getLong("next"), Events.batch(head))));
        return floors;
    }

    void removeOld(Instant now) {
        heads.deleteMany(lt("at", Date.from(now.minus(KEPT))));
    }
}
