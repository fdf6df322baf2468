package dev.signalbox.session.bus;

import dev.signalbox.session.bus.SessionStore.Slice;
import dev.signalbox.session.bus.SessionStore.Stored;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What one subscriber is to see next. An event that comes and is the successor of the last one goes into a bounded buffer. Of one that
 * is not, or that does not fit, or that is only known to exist, the offset is noted; then, once the buffer is empty, the
 * store is read from the last event on, until it has no more than was noted. So the store decides what there is, and what is
 * told on the way can be late, double or lost without harm. {@link #next} is for one thread, the rest for any.
 */
final class Feed implements Watcher {
    /** Something for the subscriber. */
    sealed interface Item {}

    record Events(List<Stored> events) implements Item {}

    record Missing(Gap gap) implements Item {}

    private final String session;
    private final Reader reader;
    private final int room;
    private final Runnable bufferFull;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final ArrayDeque<Stored> buffer = new ArrayDeque<>();
    /** The last event that is in the buffer or was taken from it, and what may come next. */
    private Position tail = new Position(0, Position.Next.FIRST);
    /** The greatest offset that it knows of since it last began to read. */
    private long told;
    /** Whether to read, whatever it knows of. */
    private boolean unsure = true;
    /** Meanwhile the tail must stay where it is. */
    private boolean reading;

    private boolean closed;

    /** @param room the most events in the buffer; {@code bufferFull} is told when there would be more */
    Feed(String session, Reader reader, int room, Runnable bufferFull) {
        this.session = session;
        this.reader = reader;
        this.room = room;
        this.bufferFull = bufferFull;
    }

    /** Where to begin, before the first {@link #next}. */
    void startAfter(Position position) {
        lock.lock();
        try {
            tail = position;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void appended(List<Stored> events) {
        lock.lock();
        try {
            for (Stored event : events) {
                take(event);
            }
            news.signal();
        } finally {
            lock.unlock();
        }
    }

    private void take(Stored event) {
        boolean next = !reading && isSuccessor(event.offset());
        if (next && buffer.size() < room) {
            buffer.add(event);
            tail = new Position(event.offset(), Position.Next.SUCCESSOR);
        } else {
            told = Math.max(told, event.offset());
            if (next) {
                bufferFull.run();
            }
        }
    }

    private boolean isSuccessor(long offset) {
        return tail.next() == Position.Next.SUCCESSOR && offset == tail.after() + 1;
    }

    /** If it is an event that is also on its way here, it will be there when the subscriber comes to look. */
    @Override
    public void changed(long last) {
        lock.lock();
        try {
            told = Math.max(told, last);
            if (told > tail.after()) {
                news.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** One that is smaller is either old news, or the store went back; reading it tells which. */
    @Override
    public boolean swept(long last) {
        lock.lock();
        try {
            boolean found = last > Math.max(tail.after(), told) && !reading && !unsure;
            unsure |= last != tail.after() && !reading;
            news.signal();
            return found;
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            news.signal();
        } finally {
            lock.unlock();
        }
    }

    boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for what comes next; empty once it is closed.
     *
     * @throws SessionBusException if the store cannot be read; calling again tries again
     */
    List<Item> next() throws InterruptedException {
        Position from;
        lock.lockInterruptibly();
        try {
            while (!closed && buffer.isEmpty() && !unsure && told <= tail.after()) {
                news.await();
            }
            if (closed) {
                return List.of();
            }
            if (!buffer.isEmpty()) {
                return List.of(drained());
            }
            from = tail;
            told = 0;
            unsure = false;
            reading = true;
        } finally {
            lock.unlock();
        }
        return read(from);
    }

    private Events drained() {
        List<Stored> events = List.copyOf(buffer);
        buffer.clear();
        return new Events(events);
    }

    private List<Item> read(Position from) {
        try {
            return accept(from, reader.read(session, from.after()));
        } catch (RuntimeException | Error e) {
            readFailed();
            throw e;
        }
    }

    private void readFailed() {
        lock.lock();
        try {
            reading = false;
            unsure = true;
        } finally {
            lock.unlock();
        }
    }

    private List<Item> accept(Position from, Slice slice) {
        List<Item> items = new ArrayList<>(2);
        if (slice.last() > 0) {
            long first = slice.first();
            long expected = from.expected(slice);
            if (expected > 0 && first != expected) {
                items.add(new Missing(new Gap(session, expected, first)));
            }
            if (!slice.events().isEmpty()) {
                items.add(new Events(slice.events()));
            }
        }
        readUpTo(slice.last() > 0 ? new Position(slice.end(), Position.Next.SUCCESSOR) : from, slice.last());
        return items;
    }

    private void readUpTo(Position newTail, long last) {
        lock.lock();
        try {
            tail = newTail;
            unsure |= tail.after() < last;
            reading = false;
        } finally {
            lock.unlock();
        }
    }
}
