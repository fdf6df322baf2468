package dev.signalbox.ha.lease;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Where leases are kept; what an adapter implements. Each call is one atomic step in the store. Times are the store's, or are counted by
 * the monotonic clock of one that waits, from when it saw a renewal there: no wall clock of a node decides who holds a lease. Thread-safe.
 *
 * <p>Names and owners are 1 to 200 visible ASCII characters. An owner is one holder's alone: two that use the same one are one to
 * the store. Every call throws {@link LeaseStoreUnavailableException} if it may or may not have taken effect, and
 * {@link LeaseException} if the store refused it. A call should give up within a third of the {@code ttl}; one that hangs does no
 * harm but the loss of the lease.
 */
public interface LeaseStore extends AutoCloseable {
    /**
     * Takes the lease if nobody holds it, or the owner itself does. Either way its epoch becomes greater than every epoch that the
     * name ever had, also after it was released or ran out, and after the store was restarted.
     */
    Acquisition acquire(String name, String owner, Duration ttl);

    /**
     * Sets the time that is left to {@code ttl}. Returns false, and changes nothing, unless this owner holds the lease with this
     * epoch and it has not run out.
     */
    boolean renew(String name, String owner, long epoch, Duration ttl);

    /** Ends the lease. Returns false, and changes nothing, unless this owner holds it with this epoch. */
    boolean release(String name, String owner, long epoch);

    /** Who holds the lease now; empty if nobody does. */
    Optional<LeaseState> find(String name);

    /**
     * Calls {@code changed} soon after the lease was taken or released, until what is returned is closed. This is a hint: calls may be
     * missing or too many, and leases work without any, only more slowly. {@code changed} returns quickly. The default never calls.
     */
    default Watch watch(String name, Runnable changed) {
        return () -> {};
    }

    /** Frees what the store opened for itself. Leases stay as they are. */
    @Override
    void close();

    /** Ends with {@link #close}, which throws nothing. */
    interface Watch extends AutoCloseable {
        @Override
        void close();
    }

    /** Leases among the threads of this process; for tests and for a single node. */
    static LeaseStore inMemory() {
        return inMemory(System::nanoTime);
    }

    /** The same with a monotonic clock of one's own. */
    static LeaseStore inMemory(LongSupplier nanos) {
        return new MemoryStore(nanos);
    }
}
