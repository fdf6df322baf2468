package dev.signalbox.server.maintenance;

import dev.signalbox.maintenance.control.Drainable;
import dev.signalbox.maintenance.control.Phase;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The time that load balancers have to notice that the node is not ready, while it still serves. */
record Announcement(Duration length) implements Drainable {
    @Override
    public String name() {
        return "announcement";
    }

    @Override
    public Phase phase() {
        return Phase.ANNOUNCE;
    }

    @Override
    public Duration deadline() {
        return length;
    }

    @Override
    public long drain(Duration within) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(within.toNanos());
        return 0;
    }

    @Override
    public void resume() {
        // Readiness follows the admission by itself.
    }
}
