package dev.signalbox.server.delivery;

import dev.signalbox.maintenance.control.Drainable;
import dev.signalbox.maintenance.control.Phase;
import dev.signalbox.server.node.GatedDispatcher;
import java.time.Duration;

/** The dispatcher in a drain: nothing is claimed, what was begun ends, the rest is given back. What the operator wants stays. */
record DispatcherDrain(GatedDispatcher dispatcher, Duration deadline) implements Drainable {
    private static final String REASON = "maintenance";

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
        dispatcher.forbid(REASON);
        return dispatcher.drain(within) ? 0 : 1;
    }

    @Override
    public void resume() {
        dispatcher.allow(REASON);
    }
}
