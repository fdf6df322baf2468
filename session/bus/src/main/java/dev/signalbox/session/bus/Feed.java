package dev.signalbox.session.bus;

import dev.signalbox.session.bus.Position.Step;
import dev.signalbox.session.bus.SessionStore.Stored;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
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
    private Position tail = new Position(EventId.NONE, Position.Next.FIRST);
    /** Events it has seen, the last of a batch each. */
    private final Checkpoints checkpoints = new Checkpoints();
    /** The greatest offset that it knows of since it last began to read. */
    private long told;
    /** Whether to read, whatever it knows of. */
    private boolean unsure = true;
    /** Meanwhile the tail must stay where it is. */
    private boolean reading;

    /** Written under the lock, and read without it before each event is told. */
    private volatile boolean closed;

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
    public void appended(UUID previous, List<Stored> events) {
        lock.lock();
        try {
            take(previous, events.getFirst());
            for (int i = 1; i < events.size(); i++) {
                take(events.get(i - 1).batch(), events.get(i));
            }
            news.signal();
        } finally {
            lock.unlock();
        }
    }

    private void take(UUID previous, Stored event) {
        boolean next = !reading && isSuccessor(previous, event.offset());
        if (next && buffer.size() < room) {
            buffer.add(event);
            moveTo(new Position(event.id(), Position.Next.SUCCESSOR));
        } else {
            told = Math.max(told, event.offset());
            if (next) {
                bufferFull.run();
            }
        }
    }

    /** If the event before it is another than the one seen last, the store went back in between; reading tells how far. */
    private boolean isSuccessor(UUID previous, long offset) {
        return tail.next() == Position.Next.SUCCESSOR
                && offset == tail.after().offset() + 1
                && tail.after().isIdentified()
                && previous.equals(tail.after().batch());
    }

    private void moveTo(Position position) {
        if (tail.after().isIdentified()
                && !tail.after().batch().equals(position.after().batch())) {
            checkpoints.add(tail.after());
        }
        tail = position;
    }

    /** If it is an event that is also on its way here, it will be there when the subscriber comes to look. */
    @Override
    public void changed(long last) {
        lock.lock();
        try {
            told = Math.max(told, last);
            if (told > tail.after().offset()) {
                news.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** One that does not fit is either old news, or the store went back; reading tells which. */
    @Override
    public boolean swept(EventId last) {
        lock.lock();
        try {
            boolean found = last.offset() > Math.max(tail.after().offset(), told) && !reading && !unsure;
            unsure |= !last.matches(tail.after()) && !reading;
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
        return closed;
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
            while (!closed
                    && buffer.isEmpty()
                    && !unsure
                    && told <= tail.after().offset()) {
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
            Optional<Step> step = from.advance(session, reader::read);
            return step.isPresent() ? accept(from, step.get().gap(session), step.get()) : goBack(from);
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

    /** To the newest event that was seen and is still there, or to the oldest there is: what comes after it may be new. */
    private List<Item> goBack(Position from) {
        Position kept = reader.newestKept(session, seen())
                .map(id -> new Position(id, Position.Next.SUCCESSOR))
                .orElse(Position.OLDEST);
        Optional<Step> step = kept.advance(session, reader::read);
        if (step.isEmpty()) {
            readFailed(); // It went back again, between the two.
            return List.of();
        }
        long next = step.get().first();
        Gap gap = new Gap(session, from.after().offset() + 1, next);
        return accept(kept, Optional.of(gap), step.get());
    }

    private List<EventId> seen() {
        lock.lock();
        try {
            return checkpoints.all();
        } finally {
            lock.unlock();
        }
    }

    private List<Item> accept(Position from, Optional<Gap> gap, Step step) {
        List<Item> items = new ArrayList<>(2);
        gap.ifPresent(missing -> items.add(new Missing(missing)));
        if (!step.events().isEmpty()) {
            items.add(new Events(step.events()));
        }
        lock.lock();
        try {
            tail = from;
            gap.filter(Gap::isRewound).ifPresent(missing -> checkpoints.cutAfter(missing.next() - 1));
            step.events().forEach(event -> moveTo(new Position(event.id(), Position.Next.SUCCESSOR)));
            tail = step.position();
            unsure |= tail.after().offset() < step.last().offset();
            reading = false;
        } finally {
            lock.unlock();
        }
        return items;
    }
}
