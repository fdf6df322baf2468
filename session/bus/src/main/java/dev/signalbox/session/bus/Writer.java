package dev.signalbox.session.bus;

import dev.signalbox.session.bus.SessionStore.Append;
import dev.signalbox.session.bus.SessionStore.Entry;
import dev.signalbox.session.bus.SessionStore.Place;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Appends the events of its share of the sessions, a batch at a time: what is sent while one is being written makes up the next
 * (group commit). So a session's events keep the order in which they were handed in. Thread-safe.
 *
 * <p>One thread at a time has the turn to write. It passes the turn on before it completes the senders' futures, so what depends
 * on them may send, wait and close.
 */
final class Writer {
    private static final int BATCH_EVENTS = 512;
    private static final int BATCH_BYTES = 1 << 20;
    /** How many times within its patience it is looked whether an event's time is up. */
    private static final int LOOKS = 10;

    private static final Duration LEAST_LOOK = Duration.ofMillis(10);

    private final SessionStore store;
    private final WatcherRegistry watchers;
    private final Duration patience;
    private final BusMonitor monitor;
    private final ToldSenders.Patience gathering;
    private final int capacity;
    private final Semaphore room;
    private final Queue<Outgoing> waiting;
    private final ExecutorService threads;
    private final AtomicBoolean turn = new AtomicBoolean();
    private final CountDownLatch ended = new CountDownLatch(1);
    /** With the number of the batch, its id: as unlikely to be another's as a random one, at a tenth of the cost. */
    private final long origin = UUID.randomUUID().getMostSignificantBits();

    /** Belongs to the thread that has the turn. */
    private long batches;
    /** What did not fit into the batch before. */
    private volatile @Nullable Outgoing carried;

    /** Of the batch before. Written by the thread that has the turn. */
    private volatile ToldSenders senders = ToldSenders.NONE;

    private volatile List<Outgoing> inBatch = List.of();
    private volatile boolean closed;

    Writer(SessionStore store, WatcherRegistry watchers, BusOptions options, BusMonitor monitor) {
        this(store, watchers, options, monitor, ToldSenders.Patience.DEFAULT, new ConcurrentLinkedQueue<>());
    }

    /**
     * @param gathering how long a batch may wait for the senders of the one before
     * @param waiting thread-safe and not bounded; the events that wait for a turn
     */
    Writer(
            SessionStore store,
            WatcherRegistry watchers,
            BusOptions options,
            BusMonitor monitor,
            ToldSenders.Patience gathering,
            Queue<Outgoing> waiting) {
        this.gathering = gathering;
        this.store = store;
        this.waiting = waiting;
        this.threads = WriterThreads.of(store);
        this.watchers = watchers;
        this.patience = options.patience();
        this.monitor = monitor;
        this.capacity = options.maxWaiting();
        this.room = new Semaphore(capacity);
        if (!store.isImmediate()) {
            Thread.ofVirtual().name("signalbox-session-patience").start(this::expireOverdue);
        }
    }

    CompletableFuture<Long> send(Entry entry, SendOptions options) {
        long deadline = System.nanoTime() + patience.toNanos();
        if (!room.tryAcquire()) {
            awaitRoom();
        }
        if (closed) {
            room.release();
            throw new SessionClosedException();
        }
        Outgoing outgoing = new Outgoing(entry, options, deadline);
        if (store.isImmediate()) {
            sendImmediately(outgoing);
        } else {
            waiting.add(outgoing);
            if (turn.compareAndSet(false, true)) {
                passTurn();
            } else {
                senders.sent(unsettled());
            }
        }
        return outgoing.done();
    }

    /**
     * On the sender's own thread, if nobody else writes; and past the queue, if nothing waits in it. Race: an event may wait while nobody
     * has the turn, since its sender found the turn taken just before it ended.
     */
    private void sendImmediately(Outgoing outgoing) {
        boolean first = turn.compareAndSet(false, true);
        if (first && !hasMore()) {
            takeTurn(List.of(outgoing));
            return;
        }
        waiting.add(outgoing);
        if (first || turn.compareAndSet(false, true)) {
            takeTurn(next());
        }
    }

    private void awaitRoom() {
        try {
            if (!room.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new SessionOverloadedException(
                        capacity + " events wait to be appended already, the most there may"
                                + " be; the event was not sent. Send slower, or allow more with maxWaiting");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SessionOverloadedException("interrupted while too many events waited to be appended");
        }
    }

    private void passTurn() {
        threads.execute(() -> {
            senders.await(this::unsettled);
            takeTurn(next());
        });
    }

    /** While no batch is being written: how many events wait. */
    private int unsettled() {
        return capacity - room.availablePermits();
    }

    private void takeTurn(List<Outgoing> batch) {
        long began = System.nanoTime();
        List<Written> written = batch.isEmpty() ? List.of() : write(batch);
        ToldSenders told = store.isImmediate()
                ? ToldSenders.NONE
                : new ToldSenders(batch.size(), System.nanoTime() - began, gathering);
        senders = told;
        if (hasMore()) {
            passTurn();
        } else {
            endTurn();
        }
        written.forEach(this::tell);
        told.told();
    }

    /** Race: an event that comes right before the turn ends has found it taken, so it is looked for again afterwards. */
    private void endTurn() {
        turn.set(false);
        if (hasMore() && turn.compareAndSet(false, true)) {
            passTurn();
        }
    }

    private boolean hasMore() {
        return carried != null || !waiting.isEmpty();
    }

    private List<Outgoing> next() {
        List<Outgoing> batch = new ArrayList<>();
        int bytes = 0;
        for (Outgoing one = poll(); one != null; one = batch.size() < BATCH_EVENTS ? poll() : null) {
            bytes += one.entry().payload().length;
            if (!batch.isEmpty() && (bytes > BATCH_BYTES || one.isAlone())) {
                carried = one;
                break;
            }
            if (one.putIntoBatch()) {
                batch.add(one);
                if (one.isAlone()) {
                    break;
                }
            }
        }
        if (!store.isImmediate()) {
            inBatch = batch; // What of it is settled already stays as it is.
        }
        return batch;
    }

    private @Nullable Outgoing poll() {
        Outgoing first = carried;
        if (first == null) {
            return waiting.poll();
        }
        carried = null;
        return first;
    }

    /** What became of a batch: places, or a failure. */
    private record Written(
            List<Outgoing> batch,
            List<Place> places,
            @Nullable Throwable failure) {}

    private List<Written> write(List<Outgoing> batch) {
        try {
            Append append = append(batch);
            List<Place> places = append(append, batch.getLast().deadlineNanos());
            if (!store.isImmediate()) {
                watchers.appended(append, places);
            }
            return List.of(new Written(batch, places, null));
        } catch (SessionUnavailableException | SessionConflictException e) {
            return List.of(new Written(batch, List.of(), e));
        } catch (SessionBusException e) {
            return apart(batch, e);
        } catch (RuntimeException | Error e) {
            return List.of(new Written(batch, List.of(), e));
        }
    }

    private Append append(List<Outgoing> batch) {
        Entry[] entries = new Entry[batch.size()];
        for (int i = 0; i < entries.length; i++) {
            entries[i] = batch.get(i).entry();
        }
        Outgoing first = batch.getFirst();
        Optional<UUID> keyed = first.keyedId();
        UUID id = keyed.isPresent() ? keyed.get() : new UUID(origin, ++batches);
        return new Append(
                id, store.clock().instant(), List.of(entries), first.options().expected(), keyed.isPresent());
    }

    /** What a store refuses of several may be the fault of one, which the others need not suffer for. */
    private List<Written> apart(List<Outgoing> batch, SessionBusException cause) {
        if (batch.size() == 1) {
            monitor.sendFailed(1, true, cause);
            return List.of(new Written(batch, List.of(), cause));
        }
        List<Written> written = new ArrayList<>();
        batch.forEach(one -> written.addAll(write(List.of(one))));
        return written;
    }

    /** Repeats under the same id while the outcome is unknown, and any of the senders has patience. */
    private List<Place> append(Append append, long deadlineNanos) {
        long began = System.nanoTime();
        Backoff backoff = null;
        while (true) {
            try {
                List<Place> places = store.append(append);
                monitor.sent(places.size(), began);
                return places;
            } catch (SessionUnavailableException e) {
                backoff = backoff == null ? new Backoff() : backoff;
                boolean again = pauses(backoff, deadlineNanos);
                monitor.sendFailed(append.entries().size(), !again, e);
                if (!again) {
                    throw e;
                }
            }
        }
    }

    private static boolean pauses(Backoff backoff, long deadlineNanos) {
        try {
            return backoff.pauseUntil(deadlineNanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void tell(Written written) {
        int settled = 0;
        for (Outgoing one : written.batch()) {
            settled += one.settle() ? 1 : 0;
        }
        room.release(settled);
        for (int i = 0; i < written.batch().size(); i++) {
            // Whatever expired meanwhile is completed already, and stays as it is.
            CompletableFuture<Long> done = written.batch().get(i).done();
            if (written.failure() == null) {
                done.complete(written.places().get(i).offset());
            } else {
                done.completeExceptionally(written.failure());
            }
        }
    }

    /** Tells each sender in time, also while the store lets a batch wait. */
    private void expireOverdue() {
        Duration pause = patience.dividedBy(LOOKS);
        long nanos = Math.max(LEAST_LOOK.toNanos(), pause.toNanos());
        try {
            while (!ended.await(nanos, TimeUnit.NANOSECONDS)) {
                expire(overdue(System.nanoTime()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<Outgoing> overdue(long now) {
        List<Outgoing> overdue = new ArrayList<>();
        for (Outgoing one : inBatch) {
            if (one.deadlineNanos() - now <= 0) {
                overdue.add(one);
            }
        }
        for (Outgoing one = waiting.peek(); one != null && one.deadlineNanos() - now <= 0; one = waiting.peek()) {
            if (waiting.remove(one)) {
                overdue.add(one);
            }
        }
        Outgoing held = carried;
        if (held != null && held.deadlineNanos() - now <= 0) {
            overdue.add(held);
        }
        return overdue;
    }

    /** The futures are completed on a thread of their own, for what depends on them may block. */
    private void expire(List<Outgoing> overdue) {
        List<Runnable> tellings = new ArrayList<>();
        for (Outgoing one : overdue) {
            one.expire().ifPresent(failure -> tellings.add(() -> one.done().completeExceptionally(failure)));
        }
        if (!tellings.isEmpty()) {
            room.release(tellings.size());
            Thread.ofVirtual().name("signalbox-session-expired").start(() -> tellings.forEach(Runnable::run));
        }
    }

    /** Refuses what is sent from now on, and returns when all that was sent is settled. */
    void close() {
        closed = true;
        room.acquireUninterruptibly(capacity);
        room.release(capacity);
        ended.countDown();
        threads.shutdown();
    }
}
