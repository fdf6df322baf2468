package dev.signalbox.ha.lease;

import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Locks and elections over a {@link LeaseStore}. Thread-safe.
 *
 * <p>At most one node holds a lease at a time, as long as its clocks run at about the right speed: it stops acting a tenth of the time
 * to live before the store gives the lease to another. What a stopped process, a jump of the store's clock or lost data of the store
 * break, only the epoch repairs; see {@link Fence}.
 */
public final class Leases {
    private final LeaseStore store;
    private final String node;
    private final Clocks clocks;

    private Leases(LeaseStore store, String node, Clocks clocks) {
        this.store = store;
        this.node = node;
        this.clocks = clocks;
    }

    /**
     * Leases in that store, which stays the caller's to close.
     *
     * @param node what people know this node by: 1 to 180 visible ASCII characters. Each lock and each election adds a random
     *     part to it, so that two nodes of one name are still two
     */
    public static Leases in(LeaseStore store, String node) {
        return in(store, node, Clocks.SYSTEM);
    }

    /** The same with clocks of one's own. */
    public static Leases in(LeaseStore store, String node, Clocks clocks) {
        if (node.length() > 180) {
            throw new IllegalArgumentException("node name is longer than 180 characters: " + node);
        }
        return new Leases(store, LeaseNames.checked(node), clocks);
    }

    /** Stands for the election of that name, from now on. */
    public Election elect(String name, LeaseOptions options, ElectionListener listener) {
        return new RunningElection(store, keeper(name, options), options, clocks, listener).start();
    }

    /**
     * Takes a lock, waiting for it if it must.
     *
     * @param wait how long to wait at most; zero tries once
     * @return empty if another holds it all that time
     * @throws LeaseException if the store failed and the time is up; if the lock was taken nevertheless, it is given back or runs out
     */
    public Optional<LeaseLock> tryLock(String name, LeaseOptions options, Duration wait) throws InterruptedException {
        Keeper keeper = keeper(name, options);
        Signal signal = new Signal();
        try (LeaseStore.Watch watch = wait.isZero() ? () -> {} : store.watch(name, signal::give)) {
            return tryLock(keeper, options, wait, signal);
        } catch (InterruptedException | RuntimeException e) {
            abandon(keeper, e);
            throw e;
        }
    }

    private Optional<LeaseLock> tryLock(Keeper keeper, LeaseOptions options, Duration wait, Signal signal)
            throws InterruptedException {
        long end = clocks.nanos().getAsLong() + wait.toNanos();
        while (true) {
            LeaseException failure = null;
            try {
                Keeper.Attempt attempt = keeper.acquire();
                if (attempt.tenure().isPresent()) {
                    return Optional.of(new HeldLock(keeper, attempt.tenure().get(), options));
                }
            } catch (LeaseException e) {
                failure = e;
            }
            long left = end - clocks.nanos().getAsLong();
            if (left <= 0) {
                return noLock(failure);
            }
            signal.await(Duration.ofNanos(Math.min(left, options.poll().toNanos())));
        }
    }

    private static Optional<LeaseLock> noLock(@Nullable LeaseException failure) {
        if (failure != null) {
            throw failure;
        }
        return Optional.empty();
    }

    /** Nobody knows of a lock whose grant was never seen, so nobody would release it before it runs out. */
    private void abandon(Keeper keeper, Exception cause) {
        try {
            keeper.holder()
                    .filter(held -> held.owner().equals(keeper.owner()))
                    .ifPresent(held -> store.release(held.name(), held.owner(), held.epoch()));
        } catch (LeaseException e) {
            cause.addSuppressed(e);
        }
    }

    private Keeper keeper(String name, LeaseOptions options) {
        String owner = node + "/"
                + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        return new Keeper(store, name, owner, options, clocks);
    }
}
