package dev.signalbox.spring;

import dev.signalbox.delivery.queue.Dispatcher;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Starts the dispatcher with the application, and drains it once the web server has answered its last request. It runs while the
 * application does, and maintenance does not forbid it. Thread-safe.
 */
final class DispatcherLifecycle implements SmartLifecycle {
    /** Below the phases of the web server (up to 2,048 below the default), so stopped after it. */
    static final int PHASE = DEFAULT_PHASE - 4_096;

    private static final Logger LOG = LoggerFactory.getLogger(DispatcherLifecycle.class);

    private final Dispatcher dispatcher;
    private final Duration drain;
    private boolean running;
    private boolean forbidden;

    DispatcherLifecycle(Dispatcher dispatcher, Duration drain) {
        this.dispatcher = dispatcher;
        this.drain = drain;
    }

    @Override
    public synchronized void start() {
        running = true;
        startIfAllowed();
    }

    private void startIfAllowed() {
        if (running && !forbidden) {
            dispatcher.start();
        }
    }

    @Override
    public void stop() {
        stopped();
        try {
            if (!dispatcher.drain(drain)) {
                LOG.warn(
                        "what is being sent did not end within {}; it is interrupted when the application closes. "
                                + "A longer signalbox.delivery.drain-timeout gives it more time",
                        drain);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** First, so that the end of a maintenance cannot start it again. */
    private synchronized void stopped() {
        running = false;
    }

    /** Drains it for a maintenance, until {@link #allow}; false if the deadline came first. */
    boolean forbid(Duration deadline) throws InterruptedException {
        synchronized (this) {
            forbidden = true;
        }
        return dispatcher.drain(deadline);
    }

    synchronized void allow() {
        forbidden = false;
        startIfAllowed();
    }

    @Override
    public synchronized boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
