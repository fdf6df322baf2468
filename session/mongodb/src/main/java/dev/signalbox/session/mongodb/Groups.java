package dev.signalbox.session.mongodb;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.lt;

import com.mongodb.MongoException;
import com.mongodb.client.MongoCollection;
import dev.signalbox.session.bus.SessionStore.GroupDocument;
import dev.signalbox.session.bus.SessionStore.GroupKey;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bson.Document;
import org.bson.types.Binary;

/** Keeps the states of groups, a document each, changed only in the version that was read. Thread-safe. */
final class Groups {
    private static final int REMOVED_AT_A_TIME = 100;

    private final MongoCollection<Document> groups;
    private final Events events;
    private final InstantSource clock;

    Groups(MongoCollection<Document> groups, Events events, InstantSource clock) {
        this.groups = groups;
        this.events = events;
        this.clock = clock;
    }

    Optional<GroupDocument> find(GroupKey key) {
        return Optional.ofNullable(groups.find(eq("_id", id(key))).first())
                .map(found -> new GroupDocument(
                        found.getLong("version"),
                        found.get("state", Binary.class).getData()));
    }

    private static String id(GroupKey key) {
        return key.session() + " " + key.group();
    }

    /** False if another was faster. */
    boolean replace(GroupKey key, long expected, GroupDocument document) {
        Document stored = new Document("_id", id(key))
                .append("sessionId", key.session())
                .append("version", document.version())
                .append("at", Date.from(clock.instant()))
                .append("state", new Binary(document.state()));
        return expected == GroupDocument.ABSENT
                ? insert(stored)
                : groups.replaceOne(and(eq("_id", id(key)), eq("version", expected)), stored)
                                .getMatchedCount()
                        == 1;
    }

    private boolean insert(Document stored) {
        try {
            groups.insertOne(stored);
            return true;
        } catch (MongoException e) {
            if (Failures.isDuplicate(e)) {
                return false;
            }
            throw e;
        }
    }

    void remove(String session) {
        groups.deleteMany(eq("sessionId", session));
    }

    /** Those that were last used before an instant, of sessions without events. */
    void removeOld(Instant oldest) {
        List<Document> old = groups.find(lt("at", Date.from(oldest)))
                .projection(new Document("sessionId", 1).append("version", 1))
                .limit(REMOVED_AT_A_TIME)
                .into(new ArrayList<>());
        Set<String> alive = events.last(old.stream()
                        .map(group -> group.getString("sessionId"))
                        .distinct()
                        .toList())
                .keySet();
        for (Document group : old) {
            if (!alive.contains(group.getString("sessionId"))) {
                groups.deleteOne(and(eq("_id", group.getString("_id")), eq("version", group.getLong("version"))));
            }
        }
    }
}
