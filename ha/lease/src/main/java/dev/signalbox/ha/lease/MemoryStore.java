package dev.signalbox.ha.lease;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Leases in memory. A name's last epoch is kept for good, which bounds this store to as many names as are ever used. Thread-safe. */
final class MemoryStore implements LeaseStore {
    private record Row(@Nullable String owner, long epoch, long untilNanos) {}

    private final LongSupplier nanos;
    private final Map<String, Row> rows = new HashMap<>();
    private final Map<String, List<Runnable>> watches = new ConcurrentHashMap<>();

    MemoryStore(LongSupplier nanos) {
        this.nanos = nanos;
    }

    @Override
    public Acquisition acquire(String name, String owner, Duration ttl) {
        Acquisition result = take(LeaseNames.checked(name), LeaseNames.checked(owner), ttl);
        if (result instanceof Acquisition.Granted) {
            tell(name);
        }
        return result;
    }

    private synchronized Acquisition take(String name, String owner, Duration ttl) {
        Optional<LeaseState> holder = find(name);
        if (holder.isPresent() && !holder.get().owner().equals(owner)) {
            return new Acquisition.Refused(holder.get());
        }
        Row last = rows.get(name);
        long epoch = last == null ? 1 : last.epoch() + 1;
        rows.put(name, new Row(owner, epoch, nanos.getAsLong() + ttl.toNanos()));
        return new Acquisition.Granted(epoch);
    }

    @Override
    public synchronized boolean renew(String name, String owner, long epoch, Duration ttl) {
        boolean held = isHeld(name, owner, epoch);
        if (held) {
            rows.put(name, new Row(owner, epoch, nanos.getAsLong() + ttl.toNanos()));
        }
        return held;
    }

    @Override
    public boolean release(String name, String owner, long epoch) {
        boolean released = end(name, owner, epoch);
        if (released) {
            tell(name);
        }
        return released;
    }

    private synchronized boolean end(String name, String owner, long epoch) {
        boolean held = isHeld(name, owner, epoch);
        if (held) {
            rows.put(name, new Row(null, epoch, nanos.getAsLong()));
        }
        return held;
    }

    private boolean isHeld(String name, String owner, long epoch) {
        return find(name)
                .filter(held -> held.owner().equals(owner) && held.epoch() == epoch)
                .isPresent();
    }

    @Override
    public synchronized Optional<LeaseState> find(String name) {
        Row row = rows.get(name);
        long left = row == null ? 0 : row.untilNanos() - nanos.getAsLong();
        return row == null || row.owner() == null || left <= 0
                ? Optional.empty()
                : Optional.of(new LeaseState(name, row.owner(), row.epoch(), Duration.ofNanos(left)));
    }

    @Override
    public Watch watch(String name, Runnable changed) {
        List<Runnable> listeners = watches.computeIfAbsent(name, _ -> new CopyOnWriteArrayList<>());
        listeners.add(changed);
        return () -> listeners.remove(changed);
    }

    private void tell(String name) {
        watches.getOrDefault(name, List.of()).forEach(Runnable::run);
    }

    @Override
    public void close() {
        watches.clear();
    }
}
