package dev.signalbox.spring;

import dev.signalbox.router.Endpoint;
import dev.signalbox.router.Logic;
import dev.signalbox.router.Router;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** Gives the router its logic and endpoints once all beans are there; drains it before the dispatcher stops. */
final class RouterLifecycle implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(RouterLifecycle.class);

    private final Router router;
    private final Supplier<Map<String, Logic>> logic;
    private final List<Endpoint> endpoints;
    private final Duration drain;
    private boolean attached;
    private volatile boolean running;

    RouterLifecycle(Router router, Supplier<Map<String, Logic>> logic, List<Endpoint> endpoints, Duration drain) {
        this.router = router;
        this.logic = logic;
        this.endpoints = List.copyOf(endpoints);
        this.drain = drain;
    }

    /** The context calls it on one thread. After a stop it lets clients in again. */
    @Override
    public void start() {
        if (attached) {
            router.admit();
        } else {
            logic.get().forEach(router::add);
            endpoints.forEach(router::attach);
            attached = true;
        }
        running = true;
    }

    @Override
    public void stop() {
        try {
            if (!router.drain(drain)) {
                LOG.warn("logic did not finish within {}; what waits in its mailboxes is dropped", drain);
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
        return DispatcherLifecycle.PHASE + 1;
    }
}
