package dev.signalbox.ha.lease;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes, renews and releases one name's lease for one owner. Every deadline counts from before the request was sent: the store's
 * time to live starts later, so the holder stops first. Thread-safe, but meant for one request at a time.
 */
final class Keeper {
    private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);

    /** What a renewal brought. */
    enum Renewal {
        RENEWED,
        /** The store says that it is another's or nobody's, or it came too late. */
        LOST
    }

    private final LeaseStore store;
    private final String name;
    private final String owner;
    private final LeaseOptions options;
    private final Clocks clocks;
    private final AtomicLong newestEpoch = new AtomicLong();

    Keeper(LeaseStore store, String name, String owner, LeaseOptions options, Clocks clocks) {
        this.store = store;
        this.name = LeaseNames.checked(name);
        this.owner = LeaseNames.checked(owner);
        this.options = options;
        this.clocks = clocks;
    }

    String name() {
        return name;
    }

    String owner() {
        return owner;
    }

    /** What an attempt brought: a tenure, or who has it instead; neither if the answer came too late to be of use. */
    record Attempt(Optional<Tenure> tenure, Optional<LeaseState> holder) {}

    /** @throws LeaseException if the store fails */
    Attempt acquire() {
        Deadline deadline = Deadline.in(options.usable(), clocks);
        return switch (store.acquire(name, owner, options.ttl())) {
            case Acquisition.Granted granted -> new Attempt(granted(granted.epoch(), deadline), Optional.empty());
            case Acquisition.Refused refused -> {
                newestEpoch.accumulateAndGet(refused.holder().epoch(), Math::max);
                yield new Attempt(Optional.empty(), Optional.of(refused.holder()));
            }
        };
    }

    private Optional<Tenure> granted(long epoch, Deadline deadline) {
        Tenure tenure = new Tenure(name, owner, epoch, deadline, clocks);
        if (newestEpoch.getAndAccumulate(epoch, Math::max) >= epoch) {
            LOG.error(
                    "the store gave the lease '{}' epoch {}, but had given {} before: it lost data, and the lease is"
                            + " not used until its epochs are newer again",
                    name,
                    epoch,
                    newestEpoch.get());
            return Optional.empty();
        }
        if (!tenure.isHeld()) {
            release(tenure);
            return Optional.empty();
        }
        return Optional.of(tenure);
    }

    /** @throws LeaseException if the store fails; the tenure is then held until its deadline */
    Renewal renew(Tenure tenure) {
        Deadline deadline = Deadline.in(options.usable(), clocks);
        boolean renewed = store.renew(name, owner, tenure.epoch(), options.ttl());
        return renewed && tenure.extend(deadline) ? Renewal.RENEWED : Renewal.LOST;
    }

    /** Ends the tenure here, then in the store; if that fails, it runs out there. */
    void release(Tenure tenure) {
        tenure.end();
        try {
            store.release(name, owner, tenure.epoch());
        } catch (LeaseException e) {
            LOG.info(
                    "the lease '{}' could not be released and runs out within {}: {}",
                    name,
                    options.ttl(),
                    e.getMessage());
        }
    }

    Optional<LeaseState> holder() {
        return store.find(name);
    }
}
