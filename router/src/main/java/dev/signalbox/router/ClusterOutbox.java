package dev.signalbox.router;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What waits to be published to one channel, in order. Adding is for any thread, taking for the writer's. */
final class ClusterOutbox {
    /** Topics that one notice names. If more are missed at its place, it says that any topic of the channel may be. */
    static final int MAX_NAMES = 100;

    /** What is published. */
    sealed interface Item {
        byte[] frame();

        /** Is told if it is not carried. */
        Consumer<ClusterLinkException> failed();

        /** What it takes of the outbox's bound. */
        int size();

        /** It is published: what has to come behind it may be added. */
        default void isTaken() {}

        /** It leaves without being published. */
        default void isDropped() {}
    }

    private static final class Frame implements Item {
        private final byte[] frame;
        private final Consumer<ClusterLinkException> failed;

        private Frame(byte[] frame, Consumer<ClusterLinkException> failed) {
            this.frame = frame;
            this.failed = failed;
        }

        @Override
        public byte[] frame() {
            return frame;
        }

        @Override
        public Consumer<ClusterLinkException> failed() {
            return failed;
        }

        @Override
        public int size() {
            return frame.length;
        }
    }

    /** Stands where publications were refused, and names their topics until it is published. */
    private final class Notice implements Item {
        private final Set<String> topics = new LinkedHashSet<>();
        private boolean isFull;
        private byte @Nullable [] frame;

        /** False if it is about to be published: then it is too late. */
        private synchronized boolean adds(String topic) {
            if (frame != null) {
                return false;
            }
            isFull = isFull || (topics.size() == MAX_NAMES && !topics.contains(topic));
            if (isFull) {
                topics.clear();
            } else {
                topics.add(topic);
            }
            return true;
        }

        @Override
        public synchronized byte[] frame() {
            if (frame == null) {
                frame = notices.apply(topics);
            }
            return frame;
        }

        /** From now on it gets no more names. */
        @Override
        public void isDropped() {
            frame();
        }

        /** Its envelope had a place: what follows shows that something is missing. */
        @Override
        public Consumer<ClusterLinkException> failed() {
            return failure -> hasHole();
        }

        @Override
        public int size() {
            return 0;
        }
    }

    /**
     * Something long that is said in parts. The next is made when the one before is published, and stands behind what was added meanwhile: so it takes
     * no more room than one part however long it is, holds nothing up, and goes as fast as the broker takes it. Guarded by {@code series}.
     */
    private static final class Series {
        private final String about;
        private Iterator<byte[]> rest;

        private Series(String about, Iterator<byte[]> parts) {
            this.about = about;
            this.rest = parts;
        }
    }

    /** The next part of a series. One that is not carried is noticed by its receiver, by the parts' numbers. */
    private final class Part implements Item {
        private final Series of;
        private byte @Nullable [] frame;

        private Part(Series of) {
            this.of = of;
        }

        @Override
        public byte[] frame() {
            synchronized (series) {
                if (frame == null) {
                    frame = of.rest.next();
                }
                return frame;
            }
        }

        @Override
        public Consumer<ClusterLinkException> failed() {
            return ClusterSender::ignore;
        }

        @Override
        public int size() {
            return 0;
        }

        @Override
        public void isTaken() {
            synchronized (series) {
                if (of.rest.hasNext()) {
                    items.add(new Part(of));
                } else {
                    series.remove(of.about);
                }
            }
        }

        @Override
        public void isDropped() {
            synchronized (series) {
                series.remove(of.about);
            }
        }
    }

    private final ClusterLink.Channel channel;
    private final long bound;
    private final Queue<Item> items = new ConcurrentLinkedQueue<>();
    private final AtomicLong bytes = new AtomicLong();
    /** Whether the writer has it on its list of those with something to publish. */
    private final AtomicBoolean listed = new AtomicBoolean();

    private volatile boolean closed;
    /** Makes the frame that tells which topics are missing something; of no topic in particular if there are none. */
    private final Function<Set<String>, byte[]> notices;
    /** The notice at the end of the items; null if something was added since. */
    private volatile @Nullable Notice lastNotice;

    private final Object noticing = new Object();

    /** Those that are not said whole yet, by what they are about. Guarded by itself. */
    private final Map<String, Series> series = new HashMap<>();

    /** Places to leave free before the next envelope, so that receivers know that they miss something. */
    private final AtomicLong free = new AtomicLong();

    private volatile boolean hasHole;
    private long sequence;

    /**
     * An outbox to a channel.
     *
     * @param bound the most bytes that may wait
     * @param after the place of the envelope before the first, above that of all that were published to the channel earlier
     * @param notices makes the frame that names topics in which something is missing; of none, it stands for all of the channel
     */
    ClusterOutbox(ClusterLink.Channel channel, long bound, long after, Function<Set<String>, byte[]> notices) {
        this.channel = channel;
        this.bound = bound;
        this.sequence = after;
        this.notices = notices;
    }

    ClusterLink.Channel channel() {
        return channel;
    }

    /** False if as much waits as may. {@code failed} is told if the frame is not carried. */
    boolean add(byte[] frame, Consumer<ClusterLinkException> failed) {
        if (bytes.addAndGet(frame.length) > bound) {
            bytes.addAndGet(-frame.length);
            return false;
        }
        items.add(new Frame(frame, failed));
        if (lastNotice != null) {
            lastNotice = null;
        }
        return true;
    }

    /**
     * Says something long in parts, of which there is one at least. If the same is being said already, that ends, and it is said anew: who asks twice is
     * answered once.
     */
    void add(String about, Iterator<byte[]> parts) {
        synchronized (series) {
            Series present = series.get(about);
            if (present != null) {
                present.rest = parts;
                return;
            }
            Series fresh = new Series(about, parts);
            series.put(about, fresh);
            items.add(new Part(fresh));
        }
    }

    /**
     * A publication was refused: subscribers of its topic miss something, and those of other topics do not. They are told so in its place: behind what was
     * added before, and before what is added afterwards.
     */
    void misses(String topic) {
        // One at a time, so that a notice which gets a name has its place already.
        synchronized (noticing) {
            Notice last = lastNotice;
            if (last == null || !last.adds(topic)) {
                Notice fresh = new Notice();
                fresh.adds(topic);
                // In this order: a thread that adds a frame behind it always finds it, and ends it.
                lastNotice = fresh;
                items.add(fresh);
            }
        }
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

    long waitingBytes() {
        return bytes.get();
    }

    /** The receiving node is gone: what waits, and what is still added, fails. */
    void close() {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }

    /** The next items, as many as fit into so many bytes of an envelope, but at least one if there is any. */
    List<Item> take(int most) {
        List<Item> taken = new ArrayList<>();
        int size = 0;
        Item next = items.peek();
        while (next != null && (taken.isEmpty() || size + takes(next) <= most)) {
            taken.add(next);
            size += takes(next);
            remove(next);
            next.isTaken();
            next = items.peek();
        }
        return taken;
    }

    private static int takes(Item item) {
        return ClusterFrames.HEAD + item.frame().length;
    }

    private void remove(Item first) {
        bytes.addAndGet(-first.size());
        var _ = items.poll();
    }

    /** All items, none of which will be published. */
    List<Item> takeAll() {
        List<Item> taken = new ArrayList<>();
        for (Item next = items.peek(); next != null; next = items.peek()) {
            next.isDropped();
            taken.add(next);
            remove(next);
        }
        return taken;
    }

    /** The place of the next envelope. */
    long nextSequence() {
        sequence += 1 + free.getAndSet(0);
        return sequence;
    }

    /** Items were taken that no envelope got: the next one is told from its place to follow a loss. */
    void leavesPlace() {
        free.incrementAndGet();
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
