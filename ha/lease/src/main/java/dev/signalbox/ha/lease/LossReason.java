package dev.signalbox.ha.lease;

/** Why a lease is not held any more. */
public enum LossReason {
    /** No renewal succeeded before the deadline: the store was away or slow, or this process was stopped. */
    EXPIRED,
    /** The store says that it is another's, or nobody's. */
    REVOKED,
    /** It was handed over on purpose. */
    HANDED_OVER,
    /** The election or the lock was closed. */
    CLOSED
}
