package dev.signalbox.delivery.queue;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * The steps of the queue that each database does in its own way. Each method is one transaction, except those that take a
 * connection, which belong to the caller's. Times are {@link Micros}. Thread-safe.
 *
 * <p>Leases begin and end by the database's own clock, read while the statement runs, where the database has one: a node
 * whose clock is wrong, or whose answer took long, neither shortens a lease nor takes one that still stands. {@code now} is
 * for all else, and for a queue whose clock is a test's.
 */
interface Store {
    /** The tally has so many shards. */
    int SHARDS = 16;

    /**
     * What a look at the queue tells.
     *
     * @param nextDue the earliest time in later, or {@link Micros#NONE}
     * @param paused the names of lanes that are held back, or {@link LaneLimits#ALL}
     */
    record Outlook(long nextDue, Set<Channel> ready, boolean expiredLeases, Set<String> paused) {
        boolean isPaused(Channel lane) {
            return paused.contains(lane.name()) || paused.contains(LaneLimits.ALL);
        }
    }

    /**
     * What a lane wants to claim.
     *
     * @param limit how many at most
     * @param limits what the cluster allows; what is claimed is taken of it
     * @param length how long the lease lasts from the moment of the claim, in microseconds
     */
    record Claim(Channel lane, int limit, LaneLimits limits, UUID lease, String owner, long length) {}

    /** The verdict on one entry of a lease. */
    record Completion(UUID lease, Verdict verdict) {}

    /** An entry of a lease that ran out, and when its batch was claimed. */
    record Orphan(Claimed claimed, long claimedAt) {}

    /** Decides what becomes of an orphan. */
    @FunctionalInterface
    interface Rescuer {
        Verdict decide(Orphan orphan);
    }

    /** Whether {@link #insert} does with one statement for these, and so needs no transaction around it. */
    default boolean insertsAtOnce(List<Reach> reaches) {
        return false;
    }

    /** Inserts those of the reaches whose id and dedupe key are new, and returns their ids. Ids must not repeat. */
    Set<UUID> insert(Connection connection, List<Reach> reaches, long now) throws SQLException;

    /**
     * Moves tickets of a lane into a new lease, the first in order first; none while the lane is paused.
     *
     * @param marks for each priority, a time before which the caller expects nothing; a store may look there or not
     */
    List<Claimed> claim(Claim claim, long[] marks, long now);

    /**
     * Records verdicts whose lease still stands, all at once, and ends the leases that have no more entries.
     *
     * @param finished the leases of which these are the last entries
     * @return the leases that no longer stood; nothing was recorded for their entries
     */
    Set<UUID> complete(List<Completion> completions, Set<UUID> finished, int shard, long now);

    /** Moves what is due from later to ready; returns how many. */
    int promote(long now, int limit);

    /** Ends up to {@code limit} leases of these lanes that have run out, and records a verdict on each entry. */
    int rescue(Collection<Channel> lanes, long now, int limit, int shard, Rescuer rescuer);

    /**
     * Ends a lease whose claim was not answered, and records a verdict on each entry. If it does not stand, it never will: a
     * claim under way that would make it fails, and leaves its tickets where they are.
     */
    int giveBack(UUID lease, Channel lane, long now, int shard, Rescuer rescuer);

    /**
     * Ends all leases of an owner, and records a verdict on each entry. If a call fails, the server may still end the leases that
     * it found and locked; the next call waits for them. So once a call has returned, no earlier one ends what the owner claims
     * from then on.
     */
    int recover(String owner, long now, int shard, Rescuer rescuer);

    /** Has leases that still stand last so many microseconds from now on, and returns them. */
    Set<UUID> renew(Collection<UUID> leases, long now, long length);

    /**
     * Looks what there is to do.
     *
     * @param marks the lanes, each with a time before which no waiting message is expected; a store may look there or not
     */
    Outlook look(Map<Channel, Long> marks, long now);

    /** Those of the reaches that are in a lease now. */
    List<UUID> leased(Connection connection, int limit) throws SQLException;

    /** How many are in leases now. */
    Map<Channel, Long> underWay(Connection connection) throws SQLException;
}
