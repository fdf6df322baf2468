package dev.signalbox.session.bus;

import dev.signalbox.session.bus.SessionStore.Slice;
import dev.signalbox.session.bus.SessionStore.Stored;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What one subscriber is to see next. It is in one of two modes. <em>Following</em>: each event that comes is the successor of
 * the last and goes into a bounded buffer. <em>Behind</em>: one was not the successor, or the buffer was full, or it is only known
 * that there are more; then nothing goes into the buffer, and once that is empty, the store is read from the last event
 * on, until it has no more than was read. So the store decides what there is, and what is told on the way can be late, double or
 * lost without harm. {@link #next} is for one thread, the rest for any.
 */
final class Feed implements Watcher {
    /** Something for the subscriber. */
    sealed interface Item {}

    record Events(List<Stored> events) implements Item {}

    record Missing(Gap gap) implements Item {}

    private final String session;
    private final Reader reader;
    private final int room;
    private final Runnable fellBehind;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final ArrayDeque<Stored> buffer = new ArrayDeque<>();
    /** The last event that is in the buffer or was taken from it. */
    private long tail;
    /** Whether the successor of {@link #tail} is the only one that may come; not so while the session is unknown. */
    private boolean anchored;
    /** The greatest offset that it was told of, and could not take, since it last began to read. */
    private long told;

    private boolean behind = true;
    private boolean closed;

    Feed(String session, Reader reader, int room, Runnable fellBehind) {
        this.session = session;
        this.reader = reader;
        this.room = room;
        this.fellBehind = fellBehind;
    }

    /** Where to begin, before the first {@link #next}. */
    void startAfter(Position position) {
        lock.lock();
        try {
            tail = position.after();
            anchored = position.anchored();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void appended(List<Stored> events) {
        lock.lock();
        try {
            boolean wasBehind = behind;
            events.forEach(this::take);
            if (behind && !wasBehind) {
                fellBehind.run();
            }
            news.signal();
        } finally {
            lock.unlock();
        }
    }

    private void take(Stored event) {
        boolean next = !behind && anchored && event.offset() == tail + 1;
        if (next && buffer.size() < room) {
            buffer.add(event);
            tail++;
        } else if (event.offset() > tail) {
            fallBehind(event.offset());
        }
    }

    private void fallBehind(long last) {
        behind = true;
        told = Math.max(told, last);
    }

    @Override
    public void changed(long last) {
        lock.lock();
        try {
            if (last > tail) {
                fallBehind(last);
                news.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean swept(long last) {
        lock.lock();
        try {
            if (last == tail || behind) {
                return false;
            }
            // A smaller one is either old news, or the store went back; reading it tells which.
            fallBehind(last);
            news.signal();
            return last > tail;
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
        long from;
        lock.lockInterruptibly();
        try {
            while (!closed && buffer.isEmpty() && !behind) {
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
        } finally {
            lock.unlock();
        }
        return read(from, reader.read(session, from));
    }

    private Events drained() {
        List<Stored> events = List.copyOf(buffer);
        buffer.clear();
        return new Events(events);
    }

    /** Only this method moves the tail while it is behind. */
    private List<Item> read(long from, Slice slice) {
        List<Item> items = new ArrayList<>(2);
        lock.lock();
        try {
            boolean empty = slice.events().isEmpty();
            long first = empty ? slice.last() + 1 : slice.events().getFirst().offset();
            if (anchored && slice.last() > 0 && first != from + 1) {
                items.add(new Missing(new Gap(session, from + 1, first)));
            }
            if (!empty) {
                items.add(new Events(slice.events()));
            }
            tail = !empty ? slice.events().getLast().offset() : slice.last() > 0 ? slice.last() : from;
            anchored |= slice.last() > 0;
            behind = tail < Math.max(slice.last(), told);
            return items;
        } finally {
            lock.unlock();
        }
    }
}
