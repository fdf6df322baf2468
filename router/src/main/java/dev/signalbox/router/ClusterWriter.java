package dev.signalbox.router;

import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Publishes what this node says to others. Thread-safe.
 *
 * <p>One thread takes what has gathered for a channel into one envelope. If nothing was published for {@link #GATHER} it does so at once; under load
 * an envelope is made that often, with all that came meanwhile. One thread for all channels is what keeps the order of each.
 */
final class ClusterWriter implements AutoCloseable {
    private static final long GATHER = 100_000;

    /** How long the last envelopes may take. */
    private static final long FAREWELL = 1_000_000_000;

    /** Places that are left free before a new outbox. */
    private static final long RESERVED = 1 << 20;

    /** Of an envelope with more than one frame. */
    private static final int ENVELOPE_BYTES = 64 << 10;

    /** Published, and not confirmed yet: beyond it, frames wait here, where their senders notice. */
    private static final long MAX_UNDER_WAY = 4 << 20;

    /** What becomes of a frame that is offered. */
    enum Offered {
        TAKEN,
        /** No link could carry it. */
        TOO_LARGE,
        /** As much waits as may. */
        FULL,
        /** The broker is away. */
        DOWN
    }

    private final ClusterLink link;
    private final ClusterEnvelope envelope;
    private final UUID self;
    private final boolean buffers;
    private final Queue<ClusterOutbox> listed = new ConcurrentLinkedQueue<>();
    private final AtomicLong underWay = new AtomicLong();
    private final LongAdder waiting = new LongAdder();
    final LongAdder published = new LongAdder();
    final LongAdder publishedBytes = new LongAdder();
    final LongAdder frames = new LongAdder();
    final LongAdder failed = new LongAdder();
    private final Thread thread;
    private volatile @Nullable String down = "the cluster's link is not connected yet";
    /** The highest place of an envelope, whatever its channel. */
    private volatile long highest;

    private volatile boolean asleep;
    private volatile boolean closed;

    /** {@code buffers} if what is sent while the link is down waits for it. */
    ClusterWriter(ClusterLink link, ClusterEnvelope envelope, UUID self, boolean buffers) {
        this.link = link;
        this.envelope = envelope;
        this.self = self;
        this.buffers = buffers;
        this.thread = Thread.ofPlatform().daemon().name("cluster-writer").start(this::run);
    }

    /** Why nothing can be published now; null if it can. */
    @Nullable
    String down() {
        return down;
    }

    void up() {
        down = null;
        wake();
    }

    void down(String reason) {
        down = reason;
        wake();
    }

    /** A place above all that were used, and above those that the writer may be about to use. */
    long unusedSequence() {
        return highest + RESERVED;
    }

    long waitingBytes() {
        return waiting.sum();
    }

    /** Takes a frame over. {@code notCarried} is told later if it could not be published; it must not block. */
    Offered offer(ClusterOutbox outbox, byte[] frame, Consumer<ClusterLinkException> notCarried) {
        if (frame.length + ClusterEnvelope.OVERHEAD > link.maxBytes()) {
            return Offered.TOO_LARGE;
        }
        if ((down != null && !buffers) || closed || outbox.isClosed()) {
            return Offered.DOWN;
        }
        if (!outbox.add(frame, notCarried)) {
            return Offered.FULL;
        }
        waiting.add(frame.length);
        list(outbox);
        return Offered.TAKEN;
    }

    /**
     * Has what is in an outbox published. Race: what is added after the link went down, or the outbox was closed, is found by the writer, which lets it
     * fail.
     */
    void list(ClusterOutbox outbox) {
        if (outbox.list()) {
            listed.add(outbox);
            if (asleep) {
                wake();
            }
        }
    }

    /** The receiving node is gone: what waits for it fails. */
    void close(ClusterOutbox outbox) {
        outbox.close();
        list(outbox);
        wake();
    }

    private void wake() {
        LockSupport.unpark(thread);
    }

    private void run() {
        while (!closed) {
            long began = System.nanoTime();
            if (publishOnce()) {
                LockSupport.parkNanos(this, GATHER - (System.nanoTime() - began));
            } else {
                rest();
            }
        }
        publishOnce();
        awaitConfirmation();
        failAll();
    }

    private void rest() {
        asleep = true;
        if (!hasWork() && !closed) {
            LockSupport.park(this);
        }
        asleep = false;
    }

    private boolean hasWork() {
        return !listed.isEmpty() && !isHeldUp();
    }

    /** Whether frames have to wait: for the broker to come back, or for it to confirm what it has got. */
    private boolean isHeldUp() {
        return down != null ? buffers : underWay.get() >= MAX_UNDER_WAY;
    }

    /** Publishes an envelope for each channel that has something to say. False if there was nothing to do. */
    private boolean publishOnce() {
        int rounds = listed.size();
        boolean did = false;
        for (int i = 0; i < rounds; i++) {
            ClusterOutbox next = listed.remove();
            if (isHeldUp() && !next.isClosed()) {
                listed.add(next);
            } else {
                next.unlist();
                serve(next);
                did = true;
            }
        }
        return did;
    }

    private void serve(ClusterOutbox outbox) {
        if (outbox.isClosed()) {
            fail(outbox, "the node is gone");
        } else if (down != null) {
            fail(outbox, String.valueOf(down));
        } else {
            publish(outbox);
        }
        if (!outbox.isEmpty() && outbox.list()) {
            listed.add(outbox);
        }
    }

    private void fail(ClusterOutbox outbox, String reason) {
        List<ClusterOutbox.Item> items = take(outbox, Integer.MAX_VALUE);
        if (!items.isEmpty()) {
            // Before anybody is told: what is published next may be of a sender whose message before was among these.
            outbox.leavesPlace();
        }
        failed.add(items.size());
        ClusterLinkException failure = new ClusterLinkException(reason, false);
        items.forEach(each -> each.failed().accept(failure));
    }

    private List<ClusterOutbox.Item> take(ClusterOutbox outbox, int most) {
        List<ClusterOutbox.Item> items = outbox.take(most);
        items.forEach(each -> waiting.add(-each.size()));
        return items;
    }

    private void publish(ClusterOutbox outbox) {
        List<ClusterOutbox.Item> items =
                take(outbox, Math.min(ENVELOPE_BYTES, link.maxBytes() - ClusterEnvelope.OVERHEAD));
        if (items.isEmpty()) {
            return;
        }
        long sequence = outbox.nextSequence();
        highest = Math.max(highest, sequence);
        byte[] sealed = envelope.seal(
                outbox.channel(),
                self,
                sequence,
                items.stream().map(ClusterOutbox.Item::frame).toList());
        underWay.addAndGet(sealed.length);
        publish(outbox.channel(), sealed).whenComplete((done, failure) -> ended(items, sealed.length, failure));
    }

    private CompletionStage<Void> publish(ClusterLink.Channel channel, byte[] sealed) {
        try {
            return link.publish(channel, sealed);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void ended(List<ClusterOutbox.Item> items, int bytes, @Nullable Throwable failure) {
        if (underWay.addAndGet(-bytes) < MAX_UNDER_WAY && asleep) {
            wake();
        }
        if (failure == null) {
            published.increment();
            publishedBytes.add(bytes);
            frames.add(items.size());
        } else {
            failed.add(items.size());
            ClusterLinkException reason = reason(failure);
            items.forEach(each -> each.failed().accept(reason));
        }
    }

    private static ClusterLinkException reason(Throwable failure) {
        Throwable cause = failure instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : failure;
        return cause instanceof ClusterLinkException known
                ? known
                : new ClusterLinkException("the link failed: " + cause, true, cause);
    }

    /** What was published last, that this node leaves, would be lost if the link were closed at once. */
    private void awaitConfirmation() {
        long deadline = System.nanoTime() + FAREWELL;
        while (underWay.get() > 0 && System.nanoTime() < deadline) {
            LockSupport.parkNanos(this, GATHER);
        }
    }

    private void failAll() {
        for (ClusterOutbox next = listed.poll(); next != null; next = listed.poll()) {
            fail(next, "this node leaves the cluster");
        }
    }

    /** Publishes what waits, if the link is up, and ends. */
    @Override
    public void close() {
        closed = true;
        wake();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
