package dev.signalbox.ha.lease;

import java.util.Optional;

/**
 * Hears of an election. All calls come one after the other, on a thread of the election's own that may block; one that throws is
 * logged. While a call lasts, this node does not stand for another term, so calls of two terms never mix.
 */
public interface ElectionListener {
    /** This node leads from now on, until {@link #lost}, which follows exactly once. */
    void elected(Lease lease);

    /**
     * The lease is about to be handed over and still held: let what is under way finish and begin nothing more. {@link #lost} follows
     * when this returns, or when the time given for it is up.
     */
    default void resigning(Lease lease) {}

    /** This node leads no more: stop at once. The lease is not held any more when this is called. */
    void lost(Lease lease, LossReason reason);

    /** The leader as this node sees it, by its owner's name; empty if nobody is known to lead. Changes in quick succession are told as one. */
    default void leaderChanged(Optional<String> leader) {}
}
