package dev.signalbox.router;

import java.util.Iterator;
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
 * <p>One thread takes what has gathered for a channel into one envelope. If nothing came since the last one, and the pause after it is over, it does so
 * at once; under load envelopes are made as often as {@link ClusterPace} says, with all that came meanwhile. One thread for all channels is what keeps the
 * order of each.
 */
final class ClusterWriter implements AutoCloseable {
    /** How long the last envelopes may take. */
    private static final long FAREWELL = 1_000_000_000;

    /** How often it is looked whether they are confirmed. */
    private static final long LOOK_AGAIN = 1_000_000;

    /** Places that are left free before a new outbox. */
    private static final long RESERVED = 1 << 20;

    /** Of an envelope with more than one frame. */
    private static final int ENVELOPE_BYTES = 256 << 10;

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

    /**
     * What was published of all channels at a time.
     *
     * @param outboxes that had something to say; zero if nothing did
     * @param frames in their envelopes
     * @param isBehind whether at least another whole envelope waits in one of them
     */
    private record Round(int outboxes, int frames, boolean isBehind) {}

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
        if (frame.length + ClusterFrames.HEAD + ClusterEnvelope.OVERHEAD > link.maxBytes()) {
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

    /** Takes over what is said in parts; nothing comes of it if it cannot be said now. */
    void offer(ClusterOutbox outbox, String about, Iterator<byte[]> parts) {
        if ((down == null || buffers) && !closed && !outbox.isClosed()) {
            outbox.add(about, parts);
            list(outbox);
        }
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
        ClusterPace pace = new ClusterPace();
        boolean rested = true;
        while (!closed) {
            long began = System.nanoTime();
            Round round = publishOnce();
            if (round.outboxes() == 0) {
                rest();
            } else if (!round.isBehind()) {
                if (!rested) {
                    pace.gathered(round.frames());
                }
                LockSupport.parkNanos(this, pace.pause() - (System.nanoTime() - began));
            }
            // What follows a rest is published at once, and tells nothing of how fast frames come.
            rested = round.outboxes() == 0;
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

    /** Publishes an envelope for each channel that has something to say. */
    private Round publishOnce() {
        int count = listed.size();
        int outboxes = 0;
        int published = 0;
        boolean isBehind = false;
        for (int i = 0; i < count; i++) {
            ClusterOutbox next = listed.remove();
            if (isHeldUp() && !next.isClosed()) {
                listed.add(next);
            } else {
                next.unlist();
                published += serve(next);
                isBehind |= next.waitingBytes() >= ENVELOPE_BYTES;
                outboxes++;
            }
        }
        return new Round(outboxes, published, isBehind);
    }

    /** Returns how many frames were published. */
    private int serve(ClusterOutbox outbox) {
        int served = 0;
        if (outbox.isClosed()) {
            fail(outbox, "the node is gone");
        } else if (down != null) {
            fail(outbox, String.valueOf(down));
        } else {
            served = publish(outbox);
        }
        if (!outbox.isEmpty() && outbox.list()) {
            listed.add(outbox);
        }
        return served;
    }

    private void fail(ClusterOutbox outbox, String reason) {
        List<ClusterOutbox.Item> items = outbox.takeAll();
        noLongerWait(items);
        if (!items.isEmpty()) {
            // Before anybody is told: what is published next may be of a sender whose message before was among these.
            outbox.leavesPlace();
        }
        failed.add(items.size());
        ClusterLinkException failure = new ClusterLinkException(reason, false);
        items.forEach(each -> each.failed().accept(failure));
    }

    private void noLongerWait(List<ClusterOutbox.Item> items) {
        items.forEach(each -> waiting.add(-each.size()));
    }

    private int publish(ClusterOutbox outbox) {
        List<ClusterOutbox.Item> items =
                outbox.take(Math.min(ENVELOPE_BYTES, link.maxBytes() - ClusterEnvelope.OVERHEAD));
        noLongerWait(items);
        if (items.isEmpty()) {
            return 0;
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
        return items.size();
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
            LockSupport.parkNanos(this, LOOK_AGAIN);
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
