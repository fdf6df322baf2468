package dev.signalbox.session.bus;

import dev.signalbox.session.bus.SessionStore.Stored;
import dev.signalbox.session.bus.SessionStore.Tail;
import dev.signalbox.session.bus.SessionStore.TailListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the store for everyone, from the first subscription on; looks through the watched sessions every now and then, and at
 * once when it may have missed something; and has the store trimmed. One thread of its own.
 */
final class Keeper implements TailListener {
    private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);
    /** Sessions asked about at a time. */
    private static final int CHUNK = 1_000;

    private static final Duration END = Duration.ofSeconds(5);
    /** How often to look while nothing is told. */
    private static final Duration DEAF = Duration.ofSeconds(1);

    private final SessionStore store;
    private final Switchboard switchboard;
    private final BusOptions options;
    private final Told told;
    private final CountDownLatch settled = new CountDownLatch(1);
    private final Thread thread =
            Thread.ofVirtual().name("signalbox-session-keeper").unstarted(this::run);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition rung = lock.newCondition();
    private @Nullable Tail tail;
    private boolean up;
    private boolean unsure;
    private boolean closed;

    Keeper(SessionStore store, Switchboard switchboard, BusOptions options, Told told) {
        this.store = store;
        this.switchboard = switchboard;
        this.options = options;
        this.told = told;
    }

    void start() {
        thread.start();
    }

    /** Returns when this process is told of what is appended, or is known to have to look for it. */
    void awaitTail() throws InterruptedException {
        lock.lock();
        try {
            if (tail == null && !closed) {
                tail = store.tail(this);
            }
        } finally {
            lock.unlock();
        }
        settled.await();
    }

    @Override
    public void up() {
        settle(true);
        told.tell(it -> it.tail(true));
    }

    @Override
    public void down(Throwable cause) {
        LOG.warn("not told of new session events at the moment, so they are looked for: {}", cause.toString());
        LOG.debug("because", cause);
        settle(false);
        told.tell(it -> it.tail(false));
    }

    private void settle(boolean newUp) {
        lock.lock();
        try {
            up = newUp;
            unsure = true;
            rung.signal();
        } finally {
            lock.unlock();
        }
        settled.countDown();
    }

    @Override
    public void changed(String session, long last) {
        switchboard.changed(session, last);
    }

    @Override
    public void appended(String session, List<Stored> events) {
        switchboard.appended(session, events);
    }

    @Override
    public void changedSomewhere() {
        lock.lock();
        try {
            unsure = true;
            rung.signal();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        long trimmed = System.nanoTime();
        try {
            while (await()) {
                quietly(this::sweep);
                if (System.nanoTime() - trimmed >= options.trim().toNanos()) {
                    quietly(this::trim);
                    trimmed = System.nanoTime();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Until there is a reason to look; false once it is closed. */
    private boolean await() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long nanos = pause().toNanos();
            while (!closed && !unsure && nanos > 0) {
                nanos = rung.awaitNanos(nanos);
            }
            unsure = false;
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    private Duration pause() {
        Duration least = options.sweep().compareTo(options.trim()) < 0 ? options.sweep() : options.trim();
        return up || tail == null || least.compareTo(DEAF) < 0 ? least : DEAF;
    }

    private static void quietly(Runnable step) {
        try {
            step.run();
        } catch (SessionBusException e) {
            LOG.debug("the store cannot be looked through; that is tried again", e);
        } catch (RuntimeException e) {
            // Without this thread nobody would look any more, so not even a fault of the store ends it.
            LOG.warn("the store failed in a way that it should not; that is tried again", e);
        }
    }

    private void sweep() {
        List<String> sessions = new ArrayList<>(switchboard.sessions());
        int found = 0;
        for (int from = 0; from < sessions.size(); from += CHUNK) {
            List<String> chunk = sessions.subList(from, Math.min(sessions.size(), from + CHUNK));
            for (var last : store.last(chunk).entrySet()) {
                found += switchboard.swept(last.getKey(), last.getValue()) ? 1 : 0;
            }
        }
        int news = found;
        told.tell(it -> it.swept(sessions.size(), news));
    }

    private void trim() {
        for (long removed = trimOnce(); removed > 0 && !isClosed(); removed = trimOnce()) {
            long events = removed;
            told.tell(it -> it.trimmed(events));
        }
    }

    private long trimOnce() {
        return store.trim(store.clock().instant());
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    void close() {
        Tail open;
        lock.lock();
        try {
            closed = true;
            open = tail;
            rung.signal();
        } finally {
            lock.unlock();
        }
        settled.countDown();
        if (open != null) {
            open.close();
        }
        awaitEnd();
    }

    /** So that what it is doing at the moment does not find the store closed; not for ever, since that may hang. */
    private void awaitEnd() {
        try {
            if (!thread.join(END)) {
                LOG.warn("the session bus did not stop looking through its store within {}", END);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
