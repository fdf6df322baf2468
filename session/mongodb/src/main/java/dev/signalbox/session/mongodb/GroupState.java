package dev.signalbox.session.mongodb;

import dev.signalbox.session.bus.SessionStore.Claim;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.bson.Document;
import org.jspecify.annotations.Nullable;

/** A group as it is kept in one document: its position, and what it handed out. Not thread-safe. */
final class GroupState {
    /** Released ones have no end of lease. */
    record Hold(int attempt, @Nullable Instant until) {
        boolean isFree(Instant now) {
            return until == null || !until.isAfter(now);
        }
    }

    /** 0 if it is not stored yet; each change adds one, and only a change of the last version is taken. */
    final long version;

    final TreeMap<Long, Hold> holds = new TreeMap<>();
    long position;

    GroupState(long version, long position) {
        this.version = version;
        this.position = position;
    }

    static GroupState of(Document document) {
        GroupState state = new GroupState(document.getLong("version"), document.getLong("position"));
        for (Document hold : document.getList("holds", Document.class)) {
            Date until = hold.getDate("until");
            state.holds.put(
                    hold.getLong("offset"),
                    new Hold(hold.getInteger("attempt"), until == null ? null : until.toInstant()));
        }
        return state;
    }

    Document toDocument(String id, String session, Instant now) {
        List<Document> held = new ArrayList<>(holds.size());
        for (Map.Entry<Long, Hold> hold : holds.entrySet()) {
            Instant until = hold.getValue().until();
            held.add(new Document("offset", hold.getKey())
                    .append("attempt", hold.getValue().attempt())
                    .append("until", until == null ? null : Date.from(until)));
        }
        return new Document("_id", id)
                .append("sessionId", session)
                .append("version", version + 1)
                .append("position", position)
                .append("at", Date.from(now))
                .append("holds", held);
    }

    boolean acknowledge(Claim claim) {
        Hold hold = holds.get(claim.offset());
        boolean own = hold != null && hold.until() != null && hold.attempt() == claim.attempt();
        if (own) {
            holds.remove(claim.offset());
        }
        return own;
    }

    boolean release(Claim claim) {
        Hold hold = holds.get(claim.offset());
        boolean own = hold != null && hold.until() != null && hold.attempt() == claim.attempt();
        if (own) {
            holds.put(claim.offset(), new Hold(claim.attempt(), null));
        }
        return own;
    }
}
