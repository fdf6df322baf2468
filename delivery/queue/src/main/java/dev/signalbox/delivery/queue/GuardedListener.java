package dev.signalbox.delivery.queue;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what a listener throws, an Error included, from the thread that tells it: that thread renews leases or records
 * outcomes, and without it deliveries stop. Each failure is logged.
 */
record GuardedListener(DispatcherListener listener) implements DispatcherListener {
    private static final Logger LOG = LoggerFactory.getLogger(GuardedListener.class);

    private static void tell(Runnable call) {
        try {
            call.run();
        } catch (Throwable e) {
            LOG.warn("a listener of the dispatcher failed; deliveries go on", e);
        }
    }

    @Override
    public void claimed(Channel channel, int count) {
        tell(() -> listener.claimed(channel, count));
    }

    @Override
    public void attempted(Delivery delivery, SendResult result, Duration took) {
        tell(() -> listener.attempted(delivery, result, took));
    }

    @Override
    public void sent(Delivery delivery, Duration sinceAccepted) {
        tell(() -> listener.sent(delivery, sinceAccepted));
    }

    @Override
    public void completed(Channel channel, State state) {
        tell(() -> listener.completed(channel, state));
    }

    @Override
    public void stale(Channel channel, int count) {
        tell(() -> listener.stale(channel, count));
    }

    @Override
    public void rescued(int count) {
        tell(() -> listener.rescued(count));
    }

    @Override
    public void quarantined(Channel channel, int count) {
        tell(() -> listener.quarantined(channel, count));
    }

    @Override
    public void failed(Throwable problem) {
        tell(() -> listener.failed(problem));
    }
}
