package dev.signalbox.server.node;

import dev.signalbox.delivery.queue.Dispatcher;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * A dispatcher that runs while two things hold: the operator wants it to, and nothing on this node forbids it. The operator's wish is
 * what {@link #state} tells; what forbids it comes and goes without changing the wish. Thread-safe.
 */
public final class GatedDispatcher implements Dispatcher {
    private final Dispatcher dispatcher;
    private final Set<String> forbidding = new HashSet<>();
    private DispatchState wish = DispatchState.PAUSED;

    public GatedDispatcher(Dispatcher dispatcher) {
        this.dispatcher = dispatcher;
    }

    /** Keeps it from claiming, until {@link #allow} with the same reason. Idempotent. */
    public synchronized void forbid(String reason) {
        forbidding.add(reason);
        apply();
    }

    /** Takes back what {@link #forbid} said. Idempotent. */
    public synchronized void allow(String reason) {
        forbidding.remove(reason);
        apply();
    }

    private void apply() {
        if (wish == DispatchState.RUNNING && forbidding.isEmpty()) {
            dispatcher.start();
        } else if (dispatcher.state() == DispatchState.RUNNING) {
            dispatcher.pause();
        }
    }

    @Override
    public synchronized void start() {
        wish = DispatchState.RUNNING;
        apply();
    }

    @Override
    public synchronized void pause() {
        wish = DispatchState.PAUSED;
        apply();
    }

    @Override
    public synchronized DispatchState state() {
        return wish;
    }

    @Override
    public Health health() {
        return dispatcher.health();
    }

    @Override
    public Pass runOnce() {
        return dispatcher.runOnce();
    }

    @Override
    public boolean drain(Duration deadline) throws InterruptedException {
        return dispatcher.drain(deadline);
    }

    @Override
    public void close() {
        dispatcher.close();
    }
}
