package dev.signalbox.observatory;

/**
 * What happens to a record for which there is no room in memory. With a spool that works there always is, unless records
 * come faster than the disk takes them.
 */
public enum WhenFull {
    /** The caller waits for room, {@link ObservatoryOptions.Memory#maxBlock()} at most; then the record is dropped. */
    BLOCK,
    /** The oldest records of the same context that are not yet on their way make room. */
    DROP_OLDEST,
    /** The record is dropped. */
    DROP_NEWEST
}
