package dev.signalbox.ha.lease;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls a listener on a thread of its own, in order. What waits is bounded: no new term begins before {@link #isIdle}, a term has
 * three calls, and changes of the leader are told as one. Thread-safe.
 */
final class Callbacks implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Callbacks.class);

    private final ElectionListener listener;
    private final Duration patience;
    private final BlockingQueue<Runnable> calls = new LinkedBlockingQueue<>();
    private final AtomicInteger pending = new AtomicInteger();
    private final AtomicBoolean leaderPending = new AtomicBoolean();
    private final Thread thread;
    private volatile @Nullable String leader;
    private volatile boolean closed;

    /** @param patience how long {@link #close} waits for the listener */
    Callbacks(ElectionListener listener, String name, Duration patience) {
        this.listener = listener;
        this.patience = patience;
        this.thread =
                Thread.ofVirtual().name("signalbox-lease-listener-" + name).start(this::run);
    }

    boolean isIdle() {
        return pending.get() == 0;
    }

    Optional<String> leader() {
        return Optional.ofNullable(leader);
    }

    void elected(Lease lease) {
        add(() -> listener.elected(lease));
    }

    void lost(Lease lease, LossReason reason) {
        add(() -> listener.lost(lease, reason));
    }

    /** What is returned completes when the listener has returned, or thrown. */
    CompletableFuture<Void> resigning(Lease lease) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        add(() -> {
            try {
                listener.resigning(lease);
            } finally {
                done.complete(null);
            }
        });
        return done;
    }

    void leader(Optional<String> owner) {
        String before = leader;
        leader = owner.orElse(null);
        if (!owner.equals(Optional.ofNullable(before)) && leaderPending.compareAndSet(false, true)) {
            add(this::tellLeader);
        }
    }

    private void tellLeader() {
        leaderPending.set(false);
        listener.leaderChanged(leader());
    }

    private void add(Runnable call) {
        pending.incrementAndGet();
        calls.add(call);
    }

    private void run() {
        try {
            while (!closed || !isIdle()) {
                call(calls.take());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void call(Runnable next) {
        try {
            next.run();
        } catch (RuntimeException | Error e) {
            LOG.error("a listener of {} failed; the election goes on", thread.getName(), e);
        } finally {
            pending.decrementAndGet();
        }
    }

    /** Waits until the listener has heard everything; one that hangs is interrupted after the patience. */
    @Override
    public void close() {
        closed = true;
        add(() -> {});
        try {
            if (!Thread.currentThread().equals(thread) && !thread.join(patience)) {
                LOG.warn("a listener of {} did not return within {}", thread.getName(), patience);
                thread.interrupt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
