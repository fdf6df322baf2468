package dev.signalbox.session.bus;

import dev.signalbox.session.bus.SessionStore.Append;
import dev.signalbox.session.bus.SessionStore.Entry;
import dev.signalbox.session.bus.SessionStore.Place;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Appends the events of its share of the sessions, a batch at a time: what is sent while one is being written makes up the next
 * (group commit). So a session's events keep the order in which they were handed in. Thread-safe.
 */
final class Writer {
    private static final int BATCH_EVENTS = 512;
    private static final int BATCH_BYTES = 1 << 20;
    /** After so many batches the sender whose thread does it is let go, where it is a sender's. */
    private static final int TURNS = 4;

    private record Waiting(Entry entry, CompletableFuture<Long> done) {}

    private final SessionStore store;
    private final Switchboard switchboard;
    private final Duration patience;
    private final Told told;
    private final int capacity;
    private final Semaphore room;
    private final ConcurrentLinkedQueue<Waiting> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean busy = new AtomicBoolean();
    /** With the number of the batch, its id: as unlikely to be another's as a random one, at a tenth of the cost. */
    private final long origin = UUID.randomUUID().getMostSignificantBits();

    private long batches;
    private volatile boolean closed;

    Writer(SessionStore store, Switchboard switchboard, BusOptions options, Told told) {
        this.store = store;
        this.switchboard = switchboard;
        this.patience = options.patience();
        this.told = told;
        this.capacity = options.maxWaiting();
        this.room = new Semaphore(capacity);
    }

    CompletableFuture<Long> send(Entry entry) {
        if (!room.tryAcquire()) {
            awaitRoom();
        }
        if (closed) {
            room.release();
            throw new SessionClosedException();
        }
        CompletableFuture<Long> done = new CompletableFuture<>();
        waiting.add(new Waiting(entry, done));
        if (busy.compareAndSet(false, true)) {
            if (store.isImmediate()) {
                writeAll(TURNS);
            } else {
                goOn();
            }
        }
        return done;
    }

    private void awaitRoom() {
        try {
            if (!room.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new SessionOverloadedException("too many events wait to be appended; send slower");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SessionOverloadedException("interrupted while too many events waited to be appended");
        }
    }

    private void goOn() {
        Thread.ofVirtual().name("signalbox-session-writer").start(() -> writeAll(Integer.MAX_VALUE));
    }

    /** Whoever made it busy ends here; a sender that comes in between finds it idle or its event taken. */
    private void writeAll(int turns) {
        int turn = 0;
        do {
            for (List<Waiting> batch = next(); !batch.isEmpty(); batch = next()) {
                write(batch);
                if (++turn == turns) {
                    goOn();
                    return;
                }
            }
            busy.set(false);
        } while (!waiting.isEmpty() && busy.compareAndSet(false, true));
    }

    private List<Waiting> next() {
        List<Waiting> batch = new ArrayList<>();
        int bytes = 0;
        for (Waiting one = waiting.peek(); one != null && batch.size() < BATCH_EVENTS; one = waiting.peek()) {
            bytes += one.entry().payload().length;
            if (bytes > BATCH_BYTES && !batch.isEmpty()) {
                break;
            }
            batch.add(waiting.remove());
        }
        return batch;
    }

    private void write(List<Waiting> batch) {
        try {
            put(batch);
        } finally {
            room.release(batch.size());
        }
    }

    private void put(List<Waiting> batch) {
        try {
            Append append =
                    new Append(new UUID(origin, ++batches), store.clock().instant(), entries(batch));
            List<Place> places = append(append);
            if (!store.isImmediate()) {
                switchboard.appended(append, places);
            }
            for (int i = 0; i < batch.size(); i++) {
                batch.get(i).done().complete(places.get(i).offset());
            }
        } catch (SessionUnavailableException e) {
            fail(batch, e);
        } catch (SessionBusException e) {
            apart(batch, e);
        } catch (RuntimeException | Error e) {
            fail(batch, e);
        }
    }

    private static List<Entry> entries(List<Waiting> batch) {
        List<Entry> entries = new ArrayList<>(batch.size());
        for (Waiting one : batch) {
            entries.add(one.entry());
        }
        return entries;
    }

    /** What a store refuses of several may be the fault of one, which the others need not suffer for. */
    private void apart(List<Waiting> batch, SessionBusException cause) {
        if (batch.size() == 1) {
            fail(batch, cause);
        } else {
            batch.forEach(one -> put(List.of(one)));
        }
    }

    private static void fail(List<Waiting> batch, Throwable cause) {
        batch.forEach(one -> one.done().completeExceptionally(cause));
    }

    /** Repeats under the same id while the outcome is unknown. */
    private List<Place> append(Append append) {
        long began = System.nanoTime();
        Backoff backoff = new Backoff(patience);
        while (true) {
            try {
                List<Place> places = store.append(append);
                told.sent(places.size(), began);
                return places;
            } catch (SessionUnavailableException e) {
                boolean again = backoff.pause();
                told.sendFailed(append.entries().size(), !again, e);
                if (!again) {
                    throw e;
                }
            }
        }
    }

    /** Returns when all that was sent is done; refuses the rest. */
    void close() {
        closed = true;
        room.acquireUninterruptibly(capacity);
        room.release(capacity);
    }
}
