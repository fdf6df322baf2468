package dev.signalbox.spring;

import dev.signalbox.maintenance.control.Drainable;
import dev.signalbox.maintenance.control.Phase;
import java.time.Duration;

/** The dispatcher in a drain: nothing is claimed, what was begun ends, the rest is given back. */
record DispatcherDrain(DispatcherLifecycle dispatcher, Duration deadline) implements Drainable {
    @Override
    public String name() {
        return "dispatcher";
    }

    @Override
    public Phase phase() {
        return Phase.WORK;
    }

    @Override
    public long drain(Duration within) throws InterruptedException {
        return dispatcher.forbid(within) ? 0 : 1;
    }

    @Override
    public void resume() {
        dispatcher.allow();
    }
}
