package dev.signalbox.spring;

import dev.signalbox.ha.lease.Election;
import dev.signalbox.ha.lease.ElectionListener;
import dev.signalbox.ha.lease.Lease;
import dev.signalbox.ha.lease.LeaseOptions;
import dev.signalbox.ha.lease.Leases;
import dev.signalbox.ha.lease.LossReason;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** This node's elections, one for each name of a {@link Leased} method, from the application's start to its stop. Thread-safe. */
final class LeasedElections implements SmartLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(LeasedElections.class);

    private final Supplier<Leases> leases;
    private final LeaseOptions options;
    private final Set<String> names = new HashSet<>();
    private final Map<String, Election> elections = new HashMap<>();
    private boolean running;

    /** @param leases asked once there is a name */
    LeasedElections(Supplier<Leases> leases, LeaseOptions options) {
        this.leases = leases;
        this.options = options;
    }

    /** A method with this name was found; its election begins with the application, or now if that has started. */
    synchronized void add(String name) {
        names.add(name);
        if (running) {
            stand(name);
        }
    }

    /** The lease of that name, if this node holds it now. */
    synchronized Optional<Lease> lease(String name) {
        return Optional.ofNullable(elections.get(name)).flatMap(Election::lease);
    }

    @Override
    public synchronized void start() {
        running = true;
        names.forEach(this::stand);
    }

    private void stand(String name) {
        elections.computeIfAbsent(name, missing -> leases.get().elect(missing, options, new Logging(missing)));
    }

    /** Gives the leases back, so that another node need not wait until they run out. */
    @Override
    public void stop() {
        for (Election election : drop()) {
            election.close();
        }
    }

    private synchronized Set<Election> drop() {
        running = false;
        Set<Election> dropped = Set.copyOf(elections.values());
        elections.clear();
        return dropped;
    }

    @Override
    public synchronized boolean isRunning() {
        return running;
    }

    /** Schedulers stop before. */
    @Override
    public int getPhase() {
        return DispatcherLifecycle.PHASE;
    }

    private record Logging(String name) implements ElectionListener {
        @Override
        public void elected(Lease lease) {
            LOG.info("this node holds the lease {} and runs its methods", name);
        }

        @Override
        public void lost(Lease lease, LossReason reason) {
            LOG.info("this node has lost the lease {}: {}", name, reason);
        }
    }
}
