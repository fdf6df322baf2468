package dev.signalbox.ha.lease;

import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Leases whose holders show by a lock that they live, as {@link EarlyTakeoverStore} has them: where the lock is gone, another may take over. */
final class SimulatedLocks implements LeaseStore {
    private final LeaseStore rows;
    private final Set<String> locked = new HashSet<>();
    private final Set<String> dead = new HashSet<>();
    int takenEarly;

    SimulatedLocks(LeaseStore rows) {
        this.rows = rows;
    }

    /** The connection of that owner is cut while its process lives: a renewal brings the lock back, unless another was quicker. */
    void cut(String owner) {
        locked.remove(owner);
    }

    /** The process ended; what it has sent may still be carried out, but locks nothing. */
    void kill(String owner) {
        dead.add(owner);
        locked.remove(owner);
    }

    @Override
    public Acquisition acquire(String name, String owner, Duration ttl) {
        Optional<LeaseState> unlocked =
                rows.find(name).filter(held -> !held.owner().equals(owner) && !locked.contains(held.owner()));
        unlocked.ifPresent(held -> {
            rows.release(name, held.owner(), held.epoch());
            takenEarly++;
        });
        Acquisition result = rows.acquire(name, owner, ttl);
        lock(owner, result instanceof Acquisition.Granted);
        return result;
    }

    @Override
    public boolean renew(String name, String owner, long epoch, Duration ttl) {
        boolean renewed = rows.renew(name, owner, epoch, ttl);
        lock(owner, renewed);
        return renewed;
    }

    private void lock(String owner, boolean holds) {
        if (holds && !dead.contains(owner)) {
            locked.add(owner);
        }
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
