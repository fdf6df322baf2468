package dev.signalbox.server.node;

import dev.signalbox.maintenance.control.Drainable;
import dev.signalbox.router.Router;
import java.time.Duration;

/** Clients of a router in a drain: new ones are refused, and what clients send; logic ends what it has begun. */
record RouterDrain(Router router, Duration deadline) implements Drainable {
    @Override
    public String name() {
        return "clients";
    }

    @Override
    public long drain(Duration within) throws InterruptedException {
        return router.drain(within) ? 0 : 1;
    }

    @Override
    public void resume() {
        router.admit();
    }
}
