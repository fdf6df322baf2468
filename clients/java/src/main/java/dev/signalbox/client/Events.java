package dev.signalbox.client;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the listener is told: in order, one after another, on a virtual thread. It takes what it is given; the bound is kept by
 * reading nothing more while there is no room. Thread-safe.
 */
final class Events {
    private static final Logger LOG = LoggerFactory.getLogger(Events.class);

    private final ClientListener listener;
    private final int capacity;
    private final ReentrantLock lock = new ReentrantLock();
    private final Queue<Runnable> queue = new ArrayDeque<>();
    private boolean running;
    private @Nullable Runnable waiting;

    Events(ClientListener listener, int capacity) {
        this.listener = listener;
        this.capacity = capacity;
    }

    void add(Runnable event) {
        lock.lock();
        try {
            queue.add(event);
            if (!running) {
                running = true;
                Thread.ofVirtual().name("signalbox-client-listener").start(this::drain);
            }
        } finally {
            lock.unlock();
        }
    }

    void problem(Throwable problem) {
        add(() -> listener.onProblem(problem));
    }

    /** True if there is room; else {@code later} runs once half of what waits has been told. */
    boolean hasRoom(Runnable later) {
        lock.lock();
        try {
            if (queue.size() < capacity) {
                return true;
            }
            waiting = later;
            return false;
        } finally {
            lock.unlock();
        }
    }

    private void drain() {
        for (Runnable event = next(); event != null; event = next()) {
            tell(event);
        }
    }

    private @Nullable Runnable next() {
        Runnable resume = null;
        lock.lock();
        try {
            Runnable event = queue.poll();
            running = event != null;
            if (waiting != null && queue.size() <= capacity / 2) {
                resume = waiting;
                waiting = null;
            }
            return event;
        } finally {
            lock.unlock();
            if (resume != null) {
                resume.run();
            }
        }
    }

    /** What a listener throws is its own affair: the next event is told all the same. */
    private void tell(Runnable event) {
        try {
            event.run();
        } catch (RuntimeException | Error e) {
            try {
                listener.onProblem(e);
            } catch (RuntimeException | Error again) {
                LOG.warn("a listener failed while it was told of a failure", again);
            }
        }
    }
}
