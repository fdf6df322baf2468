package dev.signalbox.session.mongodb;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonInt64;
import org.bson.BsonString;
import org.bson.BsonTimestamp;
import org.jspecify.annotations.Nullable;

/** What a scripted server's change streams tell, and who has read how far. Thread-safe. */
final class Oplog {
    private static final int BATCH = 3;

    /** Without a document: the collection was dropped. */
    private record Change(String namespace, @Nullable BsonDocument document) {}

    private record Cursor(String namespace, int position) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition grown = lock.newCondition();
    private final List<Change> changes = new ArrayList<>();
    private final Map<Long, Cursor> cursors = new HashMap<>();
    private long nextCursor = 1;
    private int oldest;

    void add(String namespace, BsonDocument document) {
        add(new Change(namespace, document));
    }

    private void add(Change change) {
        lock.lock();
        try {
            changes.add(change);
            grown.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void drop(String namespace) {
        add(new Change(namespace, null));
    }

    /** No stream can go on after what was told so far. */
    void forget() {
        lock.lock();
        try {
            oldest = changes.size() + 1;
            changes.add(new Change("", null));
        } finally {
            lock.unlock();
        }
    }

    /** Opens a cursor, at the present or after a token; 286 if that is forgotten. */
    BsonDocument open(String namespace, BsonDocument options) {
        lock.lock();
        try {
            int position = changes.size();
            if (options.containsKey("resumeAfter")) {
                position = Integer.parseInt(
                        options.getDocument("resumeAfter").getString("_data").getValue(), 16);
            }
            if (position < oldest) {
                return ScriptedMongo.error(Failures.HISTORY_LOST, "the resume point may no longer be in the oplog");
            }
            long id = nextCursor++;
            cursors.put(id, new Cursor(namespace, position));
            return batch("firstBatch", id, namespace, new BsonArray(), position);
        } finally {
            lock.unlock();
        }
    }

    /** The next few changes, or none after a while, but always the token up to which there are none. */
    BsonDocument more(long id, Duration wait) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            Cursor cursor = cursors.get(id);
            if (cursor == null) {
                return ScriptedMongo.error(43, "cursor id not found");
            }
            long nanos = wait.toNanos();
            while (cursor.position() >= changes.size() && nanos > 0) {
                nanos = grown.awaitNanos(nanos);
            }
            return more(id, cursor);
        } finally {
            lock.unlock();
        }
    }

    private BsonDocument more(long id, Cursor cursor) {
        BsonArray found = new BsonArray();
        int position = cursor.position();
        long answered = id;
        while (position < changes.size() && found.size() < BATCH && answered == id) {
            Change change = changes.get(position++);
            if (change.namespace().equals(cursor.namespace())) {
                BsonDocument document = change.document();
                if (document == null) {
                    answered = 0;
                } else {
                    found.add(insert(document, position));
                }
            }
        }
        if (answered == 0) {
            cursors.remove(id);
        } else {
            cursors.put(id, new Cursor(cursor.namespace(), position));
        }
        return batch("nextBatch", answered, cursor.namespace(), found, position);
    }

    void kill(long id) {
        lock.lock();
        try {
            cursors.remove(id);
        } finally {
            lock.unlock();
        }
    }

    private static BsonDocument insert(BsonDocument document, int position) {
        return new BsonDocument("_id", token(position))
                .append("operationType", new BsonString("insert"))
                .append("documentKey", new BsonDocument("_id", document.get("_id")))
                .append(
                        "fullDocument",
                        new BsonDocument("sessionId", document.get("sessionId"))
                                .append("offset", document.get("offset", new BsonString("none"))));
    }

    private static BsonDocument batch(String name, long id, String namespace, BsonArray found, int position) {
        BsonDocument cursor = new BsonDocument(name, found)
                .append("id", new BsonInt64(id))
                .append("ns", new BsonString(namespace))
                .append("postBatchResumeToken", token(position));
        return new BsonDocument("cursor", cursor)
                .append("operationTime", new BsonTimestamp(1, position))
                .append("ok", new BsonInt32(1));
    }

    private static BsonDocument token(int position) {
        return new BsonDocument("_data", new BsonString("%08X".formatted(position)));
    }
}
