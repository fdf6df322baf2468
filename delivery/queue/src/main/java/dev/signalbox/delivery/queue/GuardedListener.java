package dev.signalbox.delivery.queue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells several listeners, and keeps what one throws, an Error included, from the others and from the thread that tells it: that
 * thread renews leases or records outcomes, and without it deliveries stop. One failure in 10 s is logged. Thread-safe.
 */
final class GuardedListener implements DispatcherListener {
    private static final Logger LOG = LoggerFactory.getLogger(GuardedListener.class);
    private static final long LOG_PAUSE = Duration.ofSeconds(10).toNanos();

    private final List<DispatcherListener> listeners;
    private final AtomicLong lastLogged = new AtomicLong(System.nanoTime() - LOG_PAUSE);

    GuardedListener(List<DispatcherListener> listeners) {
        this.listeners = List.copyOf(listeners);
    }

    private void tell(Consumer<DispatcherListener> call) {
        listeners.forEach(listener -> tell(listener, call));
    }

    private void tell(DispatcherListener listener, Consumer<DispatcherListener> call) {
        try {
            call.accept(listener);
        } catch (Throwable e) {
            long now = System.nanoTime();
            long last = lastLogged.get();
            if (now - last >= LOG_PAUSE && lastLogged.compareAndSet(last, now)) {
                LOG.warn("a listener of the dispatcher failed (logged once in 10 s); deliveries go on", e);
            }
        }
    }

    @Override
    public void claimed(Channel channel, int count) {
        tell(listener -> listener.claimed(channel, count));
    }

    @Override
    public void attempted(Delivery delivery, SendResult result, Duration took) {
        tell(listener -> listener.attempted(delivery, result, took));
    }

    @Override
    public void sent(Delivery delivery, Duration sinceAccepted) {
        tell(listener -> listener.sent(delivery, sinceAccepted));
    }

    @Override
    public void completed(Channel channel, MessageState state) {
        tell(listener -> listener.completed(channel, state));
    }

    @Override
    public void stale(Channel channel, int count) {
        tell(listener -> listener.stale(channel, count));
    }

    @Override
    public void rescued(int count) {
        tell(listener -> listener.rescued(count));
    }

    @Override
    public void quarantined(Channel channel, int count) {
        tell(listener -> listener.quarantined(channel, count));
    }

    @Override
    public void removed(int count) {
        tell(listener -> listener.removed(count));
    }

    @Override
    public void failed(Throwable problem) {
        tell(listener -> listener.failed(problem));
    }
}
