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
    private final Set<Batch> batches = ConcurrentHashMap.newKeySet();

    HeldLeases(Store store, Time time) {
        this.store = store;
        this.time = time;
    }

    void add(Batch batch) {
        batches.add(batch);
    }

    /** An entry of it needs no more attention. */
    void settled(Batch batch) {
        if (batch.isDone() || batch.isLost()) {
            batches.remove(batch);
        }
    }

    /** Prolongs those that are over a third of their time; {@code length} is how long a lease lasts, in microseconds. */
    void renew(long length) {
        long ticks = time.ticks();
        List<Batch> old = new ArrayList<>();
        for (Batch batch : batches) {
            if (batch.validUntil() - ticks < length * 2 / 3 && !batch.isLost()) {
                old.add(batch);
            }
        }
        if (old.isEmpty()) {
            return;
        }
        Set<UUID> renewed = store.renew(old.stream().map(Batch::lease).toList(), time.now(), length);
        for (Batch batch : old) {
            if (renewed.contains(batch.lease())) {
                batch.renewedUntil(ticks + length);
            } else if (!batch.isDone()) {
                batch.lose();
            }
        }
    }
}
