package dev.signalbox.spring;

import dev.signalbox.delivery.queue.Dispatcher;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Starts the dispatcher with the application, and drains it once the web server has answered its last request. */
final class DispatcherLifecycle implements SmartLifecycle {
    /** Below the phases of the web server (up to 2,048 below the default), so stopped after it. */
    static final int PHASE = DEFAULT_PHASE - 4_096;

    private static final Logger LOG = LoggerFactory.getLogger(DispatcherLifecycle.class);

    private final Dispatcher dispatcher;
    private final Duration drain;
    private volatile boolean running;

    DispatcherLifecycle(Dispatcher dispatcher, Duration drain) {
        this.dispatcher = dispatcher;
        this.drain = drain;
    }

    @Override
    public void start() {
        dispatcher.start();
        running = true;
    }

    @Override
    public void stop() {
        try {
            if (!dispatcher.drain(drain)) {
                LOG.warn(
                        "what is being sent did not end within {}; it is interrupted when the application closes. "
                                + "A longer signalbox.delivery.drain-timeout gives it more time",
                        drain);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            running = false;
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
