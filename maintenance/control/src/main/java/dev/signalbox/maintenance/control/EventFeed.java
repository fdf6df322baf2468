package dev.signalbox.maintenance.control;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells listeners what happens, each in order on a thread of its own, so that a slow one delays neither a drain nor another
 * listener. Thread-safe.
 */
final class EventFeed implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventFeed.class);
    /** Events that wait for one listener; the oldest is dropped for one more. */
    private static final int MOST = 1000;

    private final Set<Listening> listeners = ConcurrentHashMap.newKeySet();
    private volatile @Nullable MaintenanceEvent last;

    Subscription subscribe(Predicate<MaintenanceEvent> filter, Consumer<MaintenanceEvent> listener) {
        Listening listening = new Listening(filter, listener);
        listeners.add(listening);
        return listening;
    }

    void publish(MaintenanceEvent event) {
        last = event;
        listeners.forEach(listener -> listener.offer(event));
    }

    Optional<MaintenanceEvent> last() {
        return Optional.ofNullable(last);
    }

    @Override
    public void close() {
        listeners.forEach(Listening::close);
    }

    private final class Listening implements Subscription {
        private final Predicate<MaintenanceEvent> filter;
        private final Consumer<MaintenanceEvent> listener;
        private final BlockingQueue<MaintenanceEvent> waiting = new ArrayBlockingQueue<>(MOST);
        private final AtomicLong dropped = new AtomicLong();
        private final Thread thread;

        Listening(Predicate<MaintenanceEvent> filter, Consumer<MaintenanceEvent> listener) {
            this.filter = filter;
            this.listener = listener;
            this.thread =
                    Thread.ofVirtual().name("signalbox-maintenance-listener").start(this::listen);
        }

        void offer(MaintenanceEvent event) {
            while (!waiting.offer(event)) {
                if (waiting.poll() != null) {
                    dropped.incrementAndGet();
                }
            }
        }

        private void listen() {
            try {
                while (true) {
                    tell(waiting.take());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private void tell(MaintenanceEvent event) {
            try {
                if (filter.test(event)) {
                    listener.accept(event);
                }
            } catch (RuntimeException e) {
                LOG.warn("A listener failed at the event '{}'", event.what(), e);
            }
        }

        @Override
        public long dropped() {
            return dropped.get();
        }

        @Override
        public void close() {
            listeners.remove(this);
            thread.interrupt();
        }
    }
}
