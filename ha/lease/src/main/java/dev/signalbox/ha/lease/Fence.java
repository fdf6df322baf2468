package dev.signalbox.ha.lease;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The guard at a resource: remembers the newest epoch that has written under each name, and admits none that is older. This holds
 * whatever clocks and pauses do, but only for what is checked and written in one step of the resource. Thread-safe.
 */
@FunctionalInterface
public interface Fence {
    /**
     * Whether this epoch is the newest seen of that name, or as new; if so, it is remembered before this returns.
     *
     * @throws LeaseException if the resource cannot be asked; then nothing may be written
     */
    boolean admits(String name, long epoch);

    /**
     * Does nothing if the lease's epoch is admitted.
     *
     * @throws StaleEpochException if a newer epoch has written already
     */
    default void require(Lease lease) {
        if (!admits(lease.name(), lease.epoch())) {
            throw new StaleEpochException(lease.name(), lease.epoch());
        }
    }

    /** A fence of this process, which forgets on a restart; it keeps one number for each name that is ever used. */
    static Fence inMemory() {
        Map<String, Long> newest = new ConcurrentHashMap<>();
        return (name, epoch) -> newest.merge(name, epoch, Math::max) == epoch;
    }
}
