package dev.signalbox.observatory;

/** Why a record was given up. Each dropped record is counted under exactly one reason. */
public enum DropReason {
    /** There was no room in memory, and none on the disk if there is a spool. */
    FULL,
    /** It is longer than a batch may be. */
    TOO_LARGE,
    /** No destination: the context names none that is allowed, and there is no default. */
    NO_DESTINATION,
    /** There are as many contexts as there may be. */
    TOO_MANY_CONTEXTS,
    /** The destination refused it for good, and it could not be put among the dead letters. */
    REJECTED,
    /** The destination took the batch but not this record, and did not say which one it was (OTLP's partial success). */
    REJECTED_BY_SINK,
    /** It could not be read back from the spool. */
    UNREADABLE,
    /** It came after the close, or the close's deadline passed and there is no spool for what was left. */
    CLOSED
}
