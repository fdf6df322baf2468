package dev.signalbox.server.leases;

import dev.signalbox.ha.lease.Election;
import dev.signalbox.ha.lease.ElectionListener;
import dev.signalbox.ha.lease.Lease;
import dev.signalbox.ha.lease.LeaseStore;
import dev.signalbox.ha.lease.Leases;
import dev.signalbox.ha.lease.LossReason;
import dev.signalbox.ha.lease.Role;
import dev.signalbox.maintenance.control.Drainable;
import dev.signalbox.server.node.GatedDispatcher;
import dev.signalbox.server.node.Health;
import java.time.Duration;
import java.util.Optional;

/** This node's part in the election: it dispatches while it leads. Thread-safe. */
final class Leadership implements Standing {
    private static final String WAITING = "another node leads";

    private final LeaseStore store;
    private final Election election;
    private final Optional<GatedDispatcher> dispatcher;
    private final LeaseMetrics metrics;

    /** Stands for the election from now on. The dispatcher waits until this node leads. */
    Leadership(LeaseStore store, LeaseSettings settings, Optional<GatedDispatcher> dispatcher, LeaseMetrics metrics) {
        this.store = store;
        this.dispatcher = dispatcher;
        this.metrics = metrics;
        dispatcher.ifPresent(gated -> gated.forbid(WAITING));
        this.election = Leases.in(store, settings.node())
                .elect("dispatch:" + settings.group(), settings.options(), new Dispatching());
        metrics.watch(election);
    }

    /** What makes another node lead while this one is in maintenance. */
    Drainable drainable(Duration deadline) {
        return new LeadershipDrain(election, deadline);
    }

    @Override
    public boolean serves() {
        return election.role() == Role.LEADER;
    }

    @Override
    public LeaseView view() {
        Optional<Lease> lease = election.lease();
        return new LeaseView(
                "one",
                lease.isPresent() ? LeaseView.SERVING : LeaseView.WAITING,
                Optional.empty(),
                Optional.of(election.owner()),
                election.leader(),
                lease.map(Lease::epoch),
                election.problem());
    }

    @Override
    public boolean handOver(Duration drain) throws InterruptedException {
        return election.handOver(drain);
    }

    /** Never DOWN: a node that waits is as ready as the one that leads, and the store may come back. */
    @Override
    public Health.Report health() {
        return election.problem()
                .map(problem -> Health.Report.degraded("leases cannot be renewed or taken: " + problem))
                .orElse(Health.Report.WELL);
    }

    @Override
    public void close() {
        election.close();
        store.close();
    }

    private final class Dispatching implements ElectionListener {
        @Override
        public void elected(Lease lease) {
            metrics.elected();
            dispatcher.ifPresent(gated -> gated.allow(WAITING));
        }

        @Override
        public void resigning(Lease lease) {
            stopDispatch();
        }

        @Override
        public void lost(Lease lease, LossReason reason) {
            metrics.lost(reason);
            stopDispatch();
        }

        private void stopDispatch() {
            dispatcher.ifPresent(gated -> gated.forbid(WAITING));
        }
    }
}
