package dev.signalbox.ha.lease;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/** One node before {@link SimulatedRenewals}: it takes a lease when it saw no renewal for the whole time by its own clock. */
final class SimulatedObserver implements LeaseStore {
    private final SimulatedStore way;
    private final SimulatedRenewals renewals;
    private final LongSupplier nanos;
    private long lastMark = -1;
    private long since;

    SimulatedObserver(SimulatedStore way, SimulatedRenewals renewals, LongSupplier nanos) {
        this.way = way;
        this.renewals = renewals;
        this.nanos = nanos;
    }

    @Override
    public Acquisition acquire(String name, String owner, Duration ttl) {
        SimulatedRenewals.Seen seen = way.call(() -> renewals.look(name));
        note(seen.mark());
        Optional<LeaseState> other = seen.holder().filter(held -> !held.owner().equals(owner));
        Duration left = ttl.minusNanos(nanos.getAsLong() - since);
        if (other.isPresent() && left.isPositive()) {
            LeaseState held = other.get();
            return new Acquisition.Refused(new LeaseState(name, held.owner(), held.epoch(), left));
        }
        return way.granting(() -> renewals.take(name, owner, ttl, seen));
    }

    private void note(long mark) {
        if (mark != lastMark) {
            lastMark = mark;
            since = nanos.getAsLong();
        }
    }

    @Override
    public boolean renew(String name, String owner, long epoch, Duration ttl) {
        return way.renew(name, owner, epoch, ttl);
    }

    @Override
    public boolean release(String name, String owner, long epoch) {
        return way.release(name, owner, epoch);
    }

    @Override
    public Optional<LeaseState> find(String name) {
        return way.find(name);
    }

    @Override
    public void close() {
        way.close();
    }
}
