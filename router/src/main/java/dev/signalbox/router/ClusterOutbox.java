package dev.signalbox.router;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** What waits to be published to one channel, in order. Adding is for any thread, taking for the writer's. */
final class ClusterOutbox {

    /** A frame, and who is told if it is not carried. */
    static final class Item {
        private final byte[] frame;
        private final Consumer<ClusterLinkException> failed;

        Item(byte[] frame, Consumer<ClusterLinkException> failed) {
            this.frame = frame;
            this.failed = failed;
        }

        byte[] frame() {
            return frame;
        }

        Consumer<ClusterLinkException> failed() {
            return failed;
        }
    }

    private final ClusterLink.Channel channel;
    private final long bound;
    private final Queue<Item> items = new ConcurrentLinkedQueue<>();
    private final AtomicLong bytes = new AtomicLong();
    /** Whether the writer has it on its list of those with something to publish. */
    private final AtomicBoolean listed = new AtomicBoolean();

    private volatile boolean closed;
    /** Items that were refused, for which a place is left free: so that receivers know that they miss something. */
    private final AtomicLong refused = new AtomicLong();

    private volatile boolean hasHole;
    private long sequence;

    /**
     * An outbox to a channel.
     *
     * @param bound the most bytes that may wait
     * @param after the place of the envelope before the first, above that of all that were published to the channel earlier
     */
    ClusterOutbox(ClusterLink.Channel channel, long bound, long after) {
        this.channel = channel;
        this.bound = bound;
        this.sequence = after;
    }

    ClusterLink.Channel channel() {
        return channel;
    }

    /** False if as much waits as may. */
    boolean add(Item item) {
        if (bytes.addAndGet(item.frame().length) > bound) {
            bytes.addAndGet(-item.frame().length);
            return false;
        }
        items.add(item);
        return true;
    }

    /** True for the caller that has to put it on the list. */
    boolean list() {
        return !listed.get() && listed.compareAndSet(false, true);
    }

    void unlist() {
        listed.set(false);
    }

    boolean isEmpty() {
        return items.isEmpty();
    }

    /** The receiving node is gone: what waits, and what is still added, fails. */
    void close() {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }

    /** The next items, as many as fit into so many bytes, but at least one if there is any. */
    List<Item> take(int most) {
        List<Item> taken = new ArrayList<>();
        int size = 0;
        Item next = items.peek();
        while (next != null && (taken.isEmpty() || size + next.frame().length <= most)) {
            taken.add(next);
            size += next.frame().length;
            var _ = items.poll();
            next = items.peek();
        }
        bytes.addAndGet(-size);
        return taken;
    }

    /** The place of the next envelope. */
    long nextSequence() {
        sequence += 1 + refused.getAndSet(0);
        return sequence;
    }

    /** An item was refused. */
    void leavesOut() {
        refused.incrementAndGet();
        hasHole = true;
    }

    /** An envelope was not carried. */
    void hasHole() {
        hasHole = true;
    }

    /** Whether receivers miss something and cannot know it before the next envelope; false from then on. */
    boolean takeHole() {
        boolean had = hasHole;
        hasHole = false;
        return had;
    }
}
