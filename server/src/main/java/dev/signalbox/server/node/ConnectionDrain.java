package dev.signalbox.server.node;

import dev.signalbox.maintenance.control.Drainable;
import dev.signalbox.maintenance.control.Phase;
import dev.signalbox.router.CloseReason;
import dev.signalbox.router.Router;
import dev.signalbox.router.SessionInfo;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The connections of clients in a drain: they are told to connect again, so many a second that the other nodes can take them. They
 * are the last to go, because what is delivered until then may still be for them.
 */
record ConnectionDrain(Router router, int perSecond, Duration deadline) implements Drainable {
    private static final Duration TURN = Duration.ofMillis(50);

    @Override
    public String name() {
        return "connections";
    }

    @Override
    public Phase phase() {
        return Phase.RESOURCES;
    }

    @Override
    public long drain(Duration within) throws InterruptedException {
        long end = System.nanoTime() + within.toNanos();
        List<SessionInfo> sessions = router.sessions();
        int atOnce = perTurn(sessions.size(), within);
        for (int i = 0; i < sessions.size(); i++) {
            if (i > 0 && i % atOnce == 0) {
                pause();
            }
            router.disconnect(sessions.get(i).id(), CloseReason.RESTARTING);
        }
        while (underWay() > 0 && System.nanoTime() - end < 0) {
            pause();
        }
        return underWay();
    }

    /** Faster than wanted if the deadline is too near for all of them. */
    private int perTurn(int sessions, Duration within) {
        long turns = Math.max(1, within.dividedBy(TURN) / 2);
        long wanted = Math.max(1, perSecond * TURN.toMillis() / 1000);
        return Math.toIntExact(Math.max(wanted, (sessions + turns - 1) / turns));
    }

    private static void pause() throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(TURN.toNanos());
    }

    @Override
    public void resume() {
        // Clients come back by themselves.
    }

    @Override
    public long underWay() {
        return router.connected();
    }
}
