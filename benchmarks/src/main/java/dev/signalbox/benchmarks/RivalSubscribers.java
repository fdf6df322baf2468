package dev.signalbox.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Subscribers that count the markers in what they are sent, all on one thread; the rest is for the thread that gives orders. */
final class RivalSubscribers implements AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Selector selector;
    private final List<Subscriber> all = new ArrayList<>();
    private final AtomicLong delivered = new AtomicLong();
    private final Thread reader;
    /** Times of one window, for the reader until it has ended. */
    private List<Long> times = new ArrayList<>();

    private volatile @Nullable Semaphore window;
    private volatile boolean closed;

    RivalSubscribers() throws IOException {
        selector = Selector.open();
        reader = Thread.ofPlatform().daemon().name("subscribers").start(this::read);
    }

    /** One connection. The state of its marker is the reader's. */
    private static final class Subscriber {
        private final ConcurrentLinkedQueue<Long> sent = new ConcurrentLinkedQueue<>();
        private byte last;
    }

    synchronized int count() {
        return all.size();
    }

    long delivered() {
        return delivered.get();
    }

    void add(SocketChannel channel) throws IOException {
        add(channel, ByteBuffer.allocate(0));
    }

    /** For any thread. {@code read} has come over the channel already, and counts. */
    void add(SocketChannel channel, ByteBuffer read) throws IOException {
        Subscriber subscriber = new Subscriber();
        synchronized (this) {
            all.add(subscriber);
        }
        count(subscriber, read);
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, subscriber);
        // After the registration: a selection that has begun does not look at keys that come later.
        selector.wakeup();
    }

    private void read() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(256 << 10);
        try {
            while (!closed) {
                selector.select(key -> read(key, buffer));
            }
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException("reading failed", e);
        }
    }

    private void read(SelectionKey key, ByteBuffer buffer) {
        buffer.clear();
        try {
            if (((SocketChannel) key.channel()).read(buffer) < 0 && !closed) {
                throw new IllegalStateException("the server closed a connection");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a connection broke", e);
        }
        count((Subscriber) key.attachment(), buffer.flip());
    }

    private void count(Subscriber subscriber, ByteBuffer bytes) {
        byte last = subscriber.last;
        int found = 0;
        while (bytes.hasRemaining()) {
            byte next = bytes.get();
            if (next == '|' && last == '`') {
                found++;
            }
            last = next;
        }
        subscriber.last = last;
        Semaphore room = window;
        if (room != null) {
            arrived(subscriber, found, room);
        }
        // Last, as it is what makes the times above visible to those who wait.
        delivered.addAndGet(found);
    }

    /** One subscriber's messages come in the order in which they were sent. */
    private void arrived(Subscriber subscriber, int count, Semaphore room) {
        long now = System.nanoTime();
        for (int i = 0; i < count; i++) {
            Long sent = subscriber.sent.poll();
            if (sent == null) {
                throw new IllegalStateException("a message came that was not sent");
            }
            times.add(now - sent);
        }
        room.release(count);
    }

    /** Until exactly so many deliveries have come in all. */
    void await(long expected) {
        long start = System.nanoTime();
        while (delivered.get() < expected && reader.isAlive() && System.nanoTime() - start < PATIENCE_NANOS) {
            LockSupport.parkNanos(20_000);
        }
        if (delivered.get() != expected) {
            throw new IllegalStateException(delivered.get() + " deliveries, not " + expected);
        }
    }

    /** Ends the connections. */
    @Override
    public void close() {
        closed = true;
        selector.wakeup();
    }

    void beginWindow(int size) {
        times = new ArrayList<>();
        window = new Semaphore(size);
    }

    void awaitRoom() {
        Semaphore room = window;
        try {
            if (room == null || !room.tryAcquire(PATIENCE_NANOS, TimeUnit.NANOSECONDS)) {
                throw new IllegalStateException("nothing came any more");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    synchronized void sent(int client) {
        all.get(client).sent.add(System.nanoTime());
    }

    /** In nanoseconds, as they came. */
    long[] endWindow() {
        window = null;
        return times.stream().mapToLong(Long::longValue).toArray();
    }
}
