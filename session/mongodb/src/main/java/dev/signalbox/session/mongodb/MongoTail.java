package dev.signalbox.session.mongodb;

import com.mongodb.MongoException;
import com.mongodb.client.ChangeStreamIterable;
import com.mongodb.client.MongoChangeStreamCursor;
import com.mongodb.client.MongoCollection;
import com.mongodb.client.model.Aggregates;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Projections;
import com.mongodb.client.model.changestream.ChangeStreamDocument;
import dev.signalbox.session.bus.SessionStore.Tail;
import dev.signalbox.session.bus.SessionStore.TailListener;
import dev.signalbox.session.bus.SessionUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.bson.BsonDocument;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one change stream of a process. Its pipeline never changes, whoever subscribes: inserts, of which it takes the session and the
 * offset. It goes on after the last token it saw, quiet times included. Where the server cannot do that, since its history is too short, the stream
 * is broken for good, or the collection is gone, it begins at the present; then {@link TailListener#up} makes the bus look
 * at the collection, so that only what is gone from there is missed, and told.
 */
final class MongoTail implements Tail {
    private static final Logger LOG = LoggerFactory.getLogger(MongoTail.class);
    private static final List<Bson> INSERTS = List.of(
            Aggregates.match(Filters.eq("operationType", "insert")),
            Aggregates.project(Projections.include("operationType", "fullDocument.sessionId", "fullDocument.offset")));
    private static final Duration WAIT = Duration.ofMillis(500);
    private static final Duration LEAST_PAUSE = Duration.ofMillis(10);

    private final MongoCollection<Document> collection;
    private final TailListener listener;
    private final AtomicLong foreign;
    private final Duration mostPause;
    private final CountDownLatch closed = new CountDownLatch(1);
    private @Nullable BsonDocument token;

    /**
     * @param foreign counts documents that other programs put in, and that have no offset
     * @param mostPause between attempts to open the stream
     */
    MongoTail(MongoCollection<Document> collection, TailListener listener, AtomicLong foreign, Duration mostPause) {
        this.collection = collection;
        this.listener = listener;
        this.foreign = foreign;
        this.mostPause = mostPause;
    }

    void start() {
        Thread.ofVirtual().name("signalbox-session-mongodb-tail").start(this::run);
    }

    private void run() {
        long pause = LEAST_PAUSE.toNanos();
        try {
            while (!isClosed()) {
                long began = System.nanoTime();
                Throwable end = follow();
                if (!isClosed()) {
                    listener.down(end);
                }
                pause = System.nanoTime() - began > mostPause.toNanos()
                        ? LEAST_PAUSE.toNanos()
                        : Math.min(mostPause.toNanos(), pause * 2);
                rest(ThreadLocalRandom.current().nextLong(pause / 2, pause));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }

    private void rest(long nanos) throws InterruptedException {
        if (closed.await(nanos, TimeUnit.NANOSECONDS)) {
            LOG.debug("the tail is closed");
        }
    }

    /** Until the stream ends or this is closed; returns what ended it. */
    private Throwable follow() throws InterruptedException {
        try (MongoChangeStreamCursor<ChangeStreamDocument<Document>> stream = open()) {
            listener.up();
            while (!isClosed()) {
                long asked = System.nanoTime();
                ChangeStreamDocument<Document> change = stream.tryNext();
                token = stream.getResumeToken() == null ? token : stream.getResumeToken();
                if (change != null) {
                    tell(change);
                } else if (stream.getServerCursor() == null) {
                    token = null;
                    return new SessionUnavailableException("the change stream was invalidated", null);
                } else {
                    waitOut(asked);
                }
            }
            return new SessionUnavailableException("closed", null);
        } catch (MongoException e) {
            if (!isResumable(e)) {
                token = null;
            }
            return e;
        } catch (RuntimeException e) {
            return e; // Such as that of a client that was closed first.
        }
    }

    private MongoChangeStreamCursor<ChangeStreamDocument<Document>> open() {
        ChangeStreamIterable<Document> changes =
                collection.watch(INSERTS).maxAwaitTime(WAIT.toMillis(), TimeUnit.MILLISECONDS);
        return (token == null ? changes : changes.resumeAfter(token)).cursor();
    }

    /** What the server says of a token that is of no use, or of the stream after it. Anything else may pass. */
    private static boolean isResumable(MongoException e) {
        return switch (e.getCode()) {
            case Failures.HISTORY_LOST, Failures.STREAM_FATAL, 40_585, 50_811, 260, 40_649 -> false;
            default -> true;
        };
    }

    /** A server that does not wait for changes, as it should, must not be asked without end. */
    private void waitOut(long askedNanos) throws InterruptedException {
        if (System.nanoTime() - askedNanos < LEAST_PAUSE.toNanos()) {
            rest(LEAST_PAUSE.toNanos());
        }
    }

    private void tell(ChangeStreamDocument<Document> change) {
        Document event = change.getFullDocument();
        if (event == null || !(event.get("offset") instanceof Long offset)) {
            if (foreign.getAndIncrement() == 0) {
                LOG.warn("documents without an offset come into {}; they are ignored", collection.getNamespace());
            }
        } else if (!isClosed()) {
            listener.changed(event.getString("sessionId"), offset);
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
