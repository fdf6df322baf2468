package dev.signalbox.ha.lease;

/** What became of an attempt to take a lease. */
public sealed interface Acquisition {
    /** It is the caller's, with this epoch. */
    record Granted(long epoch) implements Acquisition {}

    /** It is held by another. */
    record Refused(LeaseState holder) implements Acquisition {}
}
