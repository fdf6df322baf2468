package dev.signalbox.session.mongodb;

import com.mongodb.MongoException;
import com.mongodb.client.ChangeStreamIterable;
import com.mongodb.client.MongoChangeStreamCursor;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Aggregates;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.changestream.ChangeStreamDocument;
import dev.signalbox.session.bus.SessionStore.ChangeListener;
import dev.signalbox.session.bus.SessionStore.Notifications;
import dev.signalbox.session.bus.SessionUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.bson.BsonDocument;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The change stream of a process. Its pipeline never changes, whoever subscribes: inserts, of which it takes the session and the
 * offset. It goes on after the last token it saw, quiet times included. Where the server cannot do that, since its history is too
 * short, the stream is broken for good, or the collection is gone, it begins at the present; the bus then looks at the collection, so
 * that only what is gone from there is missed, and told. Thread-safe.
 */
final class MongoChanges {
    private static final Logger LOG = LoggerFactory.getLogger(MongoChanges.class);
    private static final List<Bson> INSERTS = List.of(
            Aggregates.match(Filters.eq("operationType", "insert")),
            Aggregates.project(Projections.include("operationType", "fullDocument.sessionId", "fullDocument.offset")));
    private static final Duration WAIT = Duration.ofMillis(500);
    private static final Duration LEAST_WAIT = Duration.ofMillis(10);

    private final MongoCollection<Document> collection;
    /** Where to go on; null at the present. */
    private final AtomicReference<@Nullable BsonDocument> token = new AtomicReference<>();

    private final AtomicLong foreign = new AtomicLong();

    MongoChanges(MongoCollection<Document> collection) {
        this.collection = collection;
    }

    /** How many documents without an offset, which other programs put in, came while somebody listened. */
    long foreign() {
        return foreign.get();
    }

    Notifications open(ChangeListener listener) {
        ChangeStreamIterable<Document> changes =
                collection.watch(INSERTS).maxAwaitTime(WAIT.toMillis(), TimeUnit.MILLISECONDS);
        BsonDocument last = token.get();
        try {
            return new Stream((last == null ? changes : changes.resumeAfter(last)).cursor(), listener);
        } catch (MongoException e) {
            forgetIfUseless(e);
            throw e;
        }
    }

    /** What the server says of a token that is of no use, or of the stream after it. Anything else may pass. */
    private void forgetIfUseless(MongoException e) {
        switch (e.getCode()) {
            case Failures.HISTORY_LOST, Failures.STREAM_FATAL, 40_585, 50_811, 260, 40_649 -> token.set(null);
            default -> LOG.debug("the change stream is opened again after the last token", e);
        }
    }

    private void tell(ChangeStreamDocument<Document> change, ChangeListener listener) {
        Document event = change.getFullDocument();
        if (event != null && event.get("offset") instanceof Long offset) {
            listener.changed(event.getString("sessionId"), offset);
        } else if (foreign.getAndIncrement() == 0) {
            LOG.warn("documents without an offset come into {}; they are ignored", collection.getNamespace());
        }
    }

    /** An open cursor. Only the thread that waits touches it, since the driver's cursors are not thread-safe. */
    private final class Stream implements Notifications {
        private final MongoChangeStreamCursor<ChangeStreamDocument<Document>> cursor;
        private final ChangeListener listener;
        private volatile boolean closed;

        Stream(MongoChangeStreamCursor<ChangeStreamDocument<Document>> cursor, ChangeListener listener) {
            this.cursor = cursor;
            this.listener = listener;
        }

        @Override
        public void await(Duration within) throws InterruptedException {
            long end = System.nanoTime() + within.toNanos();
            try {
                do {
                    next(end);
                } while (System.nanoTime() < end);
            } catch (MongoException e) {
                forgetIfUseless(e);
                throw failed(e);
            } catch (IllegalStateException e) {
                throw failed(e); // A client that was closed first.
            }
        }

        private SessionUnavailableException failed(RuntimeException cause) {
            return new SessionUnavailableException("the change stream failed: " + cause.getMessage(), cause);
        }

        private void next(long end) throws InterruptedException {
            long asked = System.nanoTime();
            ChangeStreamDocument<Document> change = cursor.tryNext();
            token.updateAndGet(before -> cursor.getResumeToken() == null ? before : cursor.getResumeToken());
            if (change != null) {
                tell(change);
            } else if (cursor.getServerCursor() == null) {
                token.set(null);
                throw new SessionUnavailableException("the change stream was invalidated", null);
            } else if (System.nanoTime() - asked < LEAST_WAIT.toNanos()) {
                // A server that does not wait for changes, as it should, must not be asked without end.
                TimeUnit.NANOSECONDS.sleep(Math.clamp(end - System.nanoTime(), 0, LEAST_WAIT.toNanos()));
            }
        }

        private void tell(ChangeStreamDocument<Document> change) {
            if (!closed) {
                MongoChanges.this.tell(change, listener);
            }
        }

        /** Each wait is a question that has to be answered in time. */
        @Override
        public void check(Duration within) {}

        @Override
        public void close() {
            closed = true;
            cursor.close();
        }
    }
}
