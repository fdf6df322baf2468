package dev.signalbox.ha.lease;

import java.time.Duration;
import java.util.Optional;

/**
 * Leases of one name of which each renewal leaves a mark, as they are in etcd. The store by itself ends them late, so that those who wait
 * decide.
 */
final class SimulatedRenewals implements LeaseStore {
    private static final int LATE = 3;

    /** Who holds the lease, and the mark of the last renewal. */
    record Seen(Optional<LeaseState> holder, long mark) {}

    private final LeaseStore rows;
    private long mark;
    int takenEarly;

    SimulatedRenewals(LeaseStore rows) {
        this.rows = rows;
    }

    Seen look(String name) {
        return new Seen(rows.find(name), mark);
    }

    /** Takes the lease, from its holder if nobody has taken or renewed it since it was looked at. */
    Acquisition take(String name, String owner, Duration ttl, Seen seen) {
        if (mark == seen.mark()) {
            rows.find(name).filter(held -> !held.owner().equals(owner)).ifPresent(held -> {
                rows.release(name, held.owner(), held.epoch());
                takenEarly++;
            });
        }
        return acquire(name, owner, ttl);
    }

    @Override
    public Acquisition acquire(String name, String owner, Duration ttl) {
        Acquisition result = rows.acquire(name, owner, ttl.multipliedBy(LATE));
        mark += result instanceof Acquisition.Granted ? 1 : 0;
        return result;
    }

    @Override
    public boolean renew(String name, String owner, long epoch, Duration ttl) {
        boolean renewed = rows.renew(name, owner, epoch, ttl.multipliedBy(LATE));
        mark += renewed ? 1 : 0;
        return renewed;
    }

    @Override
    public boolean release(String name, String owner, long epoch) {
        return rows.release(name, owner, epoch);
    }

    @Override
    public Optional<LeaseState> find(String name) {
        return rows.find(name);
    }

    @Override
    public void close() {
        rows.close();
    }
}
