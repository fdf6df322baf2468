package dev.signalbox.session.bus;

import dev.signalbox.session.bus.SessionStore.Cursor;
import dev.signalbox.session.bus.SessionStore.Slice;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Reads for many at once: what is asked while a read is under way makes up the next. A few connections of the
 * store are in use, however many sessions are behind. Thread-safe.
 */
final class Reader {
    private static final int SIDE_BY_SIDE = 2;
    private static final int CURSORS = 256;
    /** In one read, which bounds what is in memory at a time. */
    private static final int EVENTS = 1024;

    private static final int EVENTS_EACH = 256;
    /** Greater than all offsets. */
    private static final long PAST_ALL = 1L << 53;

    private record Asked(Cursor cursor, CompletableFuture<Slice> answer) {}

    private final SessionStore store;
    private final ConcurrentLinkedQueue<Asked> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger reading = new AtomicInteger();
    private final Semaphore searches = new Semaphore(SIDE_BY_SIDE);

    Reader(SessionStore store) {
        this.store = store;
    }

    /** Where a session stands. */
    Slice head(String session) {
        return read(new Cursor(session, PAST_ALL));
    }

    /** The event after which to read for all that was appended at or after an instant. */
    EventId before(String session, Instant since) {
        searches.acquireUninterruptibly();
        try {
            return TimeSearch.before(store, session, since);
        } finally {
            searches.release();
        }
    }

    /** The newest of these events, from the oldest to the newest, that the store still has; empty if it has none of them. */
    Optional<EventId> newestKept(String session, List<EventId> ids) {
        List<Slice> found = ids.isEmpty()
                ? List.of()
                : store.read(
                        ids.stream()
                                .map(id -> new Cursor(session, id.offset() - 1))
                                .toList(),
                        1);
        for (int i = ids.size() - 1; i >= 0; i--) {
            EventId id = ids.get(i);
            if (found.get(i).events().stream().anyMatch(event -> event.id().equals(id))) {
                return Optional.of(id);
            }
        }
        return Optional.empty();
    }

    /**
     * Up to {@link #EVENTS_EACH} events, and often fewer.
     *
     * @throws SessionBusException as the store does
     */
    Slice read(Cursor cursor) {
        if (store.isImmediate()) {
            return store.read(List.of(cursor), EVENTS_EACH).getFirst();
        }
        Asked asked = new Asked(cursor, new CompletableFuture<>());
        waiting.add(asked);
        goOn();
        try {
            return asked.answer().join();
        } catch (CompletionException e) {
            throw readable(cursor.session(), e.getCause());
        }
    }

    /** A new exception, since the cause is shared by all who were read for at the same time. */
    private static SessionBusException readable(String session, @Nullable Throwable cause) {
        return cause instanceof SessionUnavailableException unavailable
                ? new SessionUnavailableException(String.valueOf(unavailable.getMessage()), unavailable)
                : new SessionBusException("session " + session + " cannot be read: " + cause, cause);
    }

    private void goOn() {
        if (reading.getAndUpdate(n -> n < SIDE_BY_SIDE ? n + 1 : n) < SIDE_BY_SIDE) {
            Thread.ofVirtual().name("signalbox-session-reader").start(this::readAll);
        }
    }

    private void readAll() {
        for (List<Asked> batch = next(); !batch.isEmpty(); batch = next()) {
            read(batch);
        }
        reading.decrementAndGet();
        if (!waiting.isEmpty()) {
            goOn();
        }
    }

    private List<Asked> next() {
        List<Asked> batch = new ArrayList<>();
        for (Asked one = waiting.poll(); one != null; one = waiting.poll()) {
            batch.add(one);
            if (batch.size() == CURSORS) {
                break;
            }
        }
        return batch;
    }

    private void read(List<Asked> batch) {
        try {
            int limit = Math.min(EVENTS_EACH, Math.max(2, EVENTS / batch.size()));
            List<Slice> slices = store.read(batch.stream().map(Asked::cursor).toList(), limit);
            for (int i = 0; i < batch.size(); i++) {
                batch.get(i).answer().complete(slices.get(i));
            }
        } catch (RuntimeException | Error e) {
            batch.forEach(one -> one.answer().completeExceptionally(e));
        }
    }
}
