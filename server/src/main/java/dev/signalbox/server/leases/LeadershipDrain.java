package dev.signalbox.server.leases;

import dev.signalbox.ha.lease.Election;
import dev.signalbox.ha.lease.Role;
import dev.signalbox.maintenance.control.Drainable;
import dev.signalbox.maintenance.control.Phase;
import java.time.Duration;

/**
 * This node's leadership in a drain. Last, so that it hands over when nothing is being sent any more; it does not stand again until it
 * opens, because a leader that is closed would keep all others from sending.
 */
record LeadershipDrain(Election election, Duration deadline) implements Drainable {
    @Override
    public String name() {
        return "leadership";
    }

    @Override
    public Phase phase() {
        return Phase.RESOURCES;
    }

    @Override
    public long drain(Duration within) throws InterruptedException {
        election.standDown(within);
        return underWay();
    }

    @Override
    public void resume() {
        election.standAgain();
    }

    @Override
    public long underWay() {
        return election.role() == Role.LEADER ? 1 : 0;
    }
}
