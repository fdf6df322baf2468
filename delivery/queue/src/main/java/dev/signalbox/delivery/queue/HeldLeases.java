package dev.signalbox.delivery.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The leases that one lane holds on this node. Thread-safe. */
final class HeldLeases {
    private final Store store;
    private final Time time;
    private final Set<HeldLease> leases = ConcurrentHashMap.newKeySet();

    HeldLeases(Store store, Time time) {
        this.store = store;
        this.time = time;
    }

    void add(HeldLease lease) {
        leases.add(lease);
    }

    /** An entry of it needs no more attention. */
    void settled(HeldLease lease) {
        if (lease.isDone() || lease.isLost()) {
            leases.remove(lease);
        }
    }

    /** Prolongs those that are over a third of their time; {@code length} is how long a lease lasts, in microseconds. */
    void renew(long length) {
        long ticks = time.ticks();
        List<HeldLease> old = new ArrayList<>();
        for (HeldLease lease : leases) {
            if (lease.validUntil() - ticks < length * 2 / 3 && !lease.isLost()) {
                old.add(lease);
            }
        }
        if (old.isEmpty()) {
            return;
        }
        Set<UUID> renewed = store.renew(old.stream().map(HeldLease::id).toList(), time.now(), length);
        for (HeldLease lease : old) {
            if (renewed.contains(lease.id())) {
                lease.renewedUntil(ticks + length);
            } else if (!lease.isDone()) {
                lease.lose();
            }
        }
    }
}
