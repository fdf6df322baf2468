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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.bson.BsonDocument;
import org.bson.Document;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The change stream of a process. Its pipeline is the same for all subscribers: inserts, of which it takes the session and the
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

    /**
     * Opens the stream.
     *
     * @param liveness how long the server may take for each answer, on top of the time that it waits for changes
     */
    Notifications open(ChangeListener listener, Duration liveness) {
        Stream stream = new Stream(listener, liveness.plus(WAIT));
        stream.open();
        return stream;
    }

    private MongoChangeStreamCursor<ChangeStreamDocument<Document>> watch() {
        ChangeStreamIterable<Document> changes =
                collection.watch(INSERTS).maxAwaitTime(WAIT.toMillis(), TimeUnit.MILLISECONDS);
        BsonDocument last = token.get();
        return (last == null ? changes : changes.resumeAfter(last)).cursor();
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

    /**
     * A cursor, which a thread of its own opens, asks and closes, since the driver may wait for a connection whose other end vanished
     * without end. Its own timeouts are no help: with one, it repeats a read without any pause until the time is up. Interrupting the
     * thread, which is virtual, closes the socket.
     */
    private final class Stream implements Notifications {
        private final ChangeListener listener;
        private final Duration longestSilence;
        private final Thread thread =
                Thread.ofVirtual().name("signalbox-session-changes").unstarted(this::run);
        private final CompletableFuture<Boolean> opened = new CompletableFuture<>();
        /** Holds what ended the stream. */
        private final CompletableFuture<Exception> ended = new CompletableFuture<>();

        private volatile long answeredNanos = System.nanoTime();
        private volatile boolean closed;

        Stream(ChangeListener listener, Duration longestSilence) {
            this.listener = listener;
            this.longestSilence = longestSilence;
        }

        void open() {
            thread.start();
            try {
                opened.get(longestSilence.toNanos(), TimeUnit.NANOSECONDS);
            } catch (ExecutionException e) {
                throw e.getCause() instanceof MongoException refused ? refused : failed(e);
            } catch (TimeoutException e) {
                close();
                throw failed(e);
            } catch (InterruptedException e) {
                close();
                Thread.currentThread().interrupt();
                throw failed(e);
            }
        }

        private SessionUnavailableException failed(Exception cause) {
            String why = cause.getMessage() == null ? "no answer within " + longestSilence : cause.getMessage();
            return new SessionUnavailableException("the change stream failed: " + why, cause);
        }

        private void run() {
            try (var cursor = watch()) {
                opened.complete(true);
                while (!closed) {
                    next(cursor);
                    answeredNanos = System.nanoTime();
                }
            } catch (MongoException e) {
                forgetIfUseless(e);
                end(e);
            } catch (RuntimeException | InterruptedException e) {
                end(e); // Among them what a client says that was closed first.
            }
        }

        private void end(Exception cause) {
            opened.completeExceptionally(cause);
            ended.complete(cause);
        }

        private void next(MongoChangeStreamCursor<ChangeStreamDocument<Document>> cursor) throws InterruptedException {
            long asked = System.nanoTime();
            ChangeStreamDocument<Document> change = cursor.tryNext();
            token.updateAndGet(before -> cursor.getResumeToken() == null ? before : cursor.getResumeToken());
            if (change != null) {
                tell(change);
            } else if (cursor.getServerCursor() == null) {
                token.set(null);
                throw new SessionUnavailableException("it was invalidated", null);
            } else if (System.nanoTime() - asked < LEAST_WAIT.toNanos()) {
                // A server that does not wait for changes, as it should, must not be asked without end.
                TimeUnit.NANOSECONDS.sleep(LEAST_WAIT.toNanos());
            }
        }

        private void tell(ChangeStreamDocument<Document> change) {
            if (!closed) {
                MongoChanges.this.tell(change, listener);
            }
        }

        @Override
        public void await(Duration within) throws InterruptedException {
            try {
                throw failed(ended.get(within.toNanos(), TimeUnit.NANOSECONDS));
            } catch (TimeoutException e) {
                return; // It is still open.
            } catch (ExecutionException e) {
                throw failed(e);
            }
        }

        /** The server answers every now and then, changes or not. */
        @Override
        public void check() {
            if (isSilent()) {
                throw failed(new TimeoutException());
            }
        }

        private boolean isSilent() {
            return System.nanoTime() - answeredNanos > longestSilence.toNanos();
        }

        /** The thread ends with the answer that it waits for; if none comes, it is interrupted. */
        @Override
        public void close() {
            closed = true;
            try {
                if (isSilent() || !thread.join(longestSilence)) {
                    thread.interrupt();
                }
            } catch (InterruptedException e) {
                thread.interrupt();
                Thread.currentThread().interrupt();
            }
        }
    }
}
