package dev.signalbox.session.bus;

import dev.signalbox.session.bus.BusMonitor.Work;
import dev.signalbox.session.bus.SessionStore.ChangeListener;
import dev.signalbox.session.bus.SessionStore.Notifications;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Keeps one connection of the store's open that tells of new events, from the first subscription on. A connection that fails, or
 * does not answer any more, is replaced. What was told in between is not told again, so after each change the sessions are to be swept.
 */
final class Tail {
    /** How soon it notices that it is to end. */
    private static final Duration LONGEST_STEP = Duration.ofMillis(100);

    private final SessionStore store;
    private final ChangeListener listener;
    /** Half for the silence, half for the answer to the question whether the other side lives. */
    private final Duration half;

    private final Duration step;
    private final BusMonitor monitor;
    private final Runnable changed;
    private final Backoff backoff = new Backoff();
    private final CountDownLatch settled = new CountDownLatch(1);
    private final Thread thread =
            Thread.ofVirtual().name("signalbox-session-tail").unstarted(this::run);
    private final ReentrantLock lock = new ReentrantLock();
    private volatile boolean closed;
    private volatile boolean down;

    /**
     * @param liveness within which it is noticed that the other side vanished
     * @param changed is called whenever it was connected or lost its connection
     */
    Tail(SessionStore store, ChangeListener listener, Duration liveness, BusMonitor monitor, Runnable changed) {
        this.store = store;
        this.listener = listener;
        this.half = Duration.ofMillis(liveness.toMillis() / 2);
        this.step = half.compareTo(LONGEST_STEP) < 0 ? half : LONGEST_STEP;
        this.monitor = monitor;
        this.changed = changed;
    }

    /** Returns when this process is told of what is appended, or is known to have to look for it. */
    void awaitSettled() throws InterruptedException {
        lock.lock();
        try {
            if (thread.getState() == Thread.State.NEW && !closed) {
                thread.start();
            }
        } finally {
            lock.unlock();
        }
        settled.await();
    }

    /** Whether new events are not told at the moment. */
    boolean isDown() {
        return down;
    }

    private void run() {
        try {
            while (!isClosed()) {
                listen();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Until the connection fails or this is closed. */
    private void listen() throws InterruptedException {
        long began = System.nanoTime();
        try (Notifications notifications = store.listen(listener, half)) {
            up();
            await(notifications);
        } catch (RuntimeException e) {
            // Whatever it is, such as a client that was shut down first: nobody else would listen any more.
            down(e);
            backoff.resetAfter(System.nanoTime() - began);
            backoff.pause();
        }
    }

    private void await(Notifications notifications) throws InterruptedException {
        try {
            long checked = System.nanoTime();
            while (!isClosed()) {
                notifications.await(step);
                if (System.nanoTime() - checked >= half.toNanos()) {
                    notifications.check();
                    checked = System.nanoTime();
                }
            }
        } catch (RuntimeException e) {
            down(e); // Before the connection is closed, which may take long if its other end is gone.
            throw e;
        }
    }

    private void up() {
        down = false;
        monitor.worked(Work.NOTIFICATIONS);
        monitor.tell(it -> it.tail(true));
        changed.run();
        settled.countDown();
    }

    private void down(Throwable cause) {
        if (isClosed()) {
            return;
        }
        if (!down) {
            down = true;
            monitor.tell(it -> it.tail(false));
        }
        monitor.failed(Work.NOTIFICATIONS, cause);
        changed.run();
        settled.countDown();
    }

    private boolean isClosed() {
        return closed;
    }

    /** Returns at once; the thread closes the connection. */
    void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        settled.countDown();
        backoff.end();
    }
}
