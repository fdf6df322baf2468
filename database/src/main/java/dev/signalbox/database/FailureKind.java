package dev.signalbox.database;

/** What a database's failure means for the caller. */
enum FailureKind {
    /** A deadlock or a serialization failure: the transaction was rolled back and may be run again. */
    CONFLICT,
    /** The server, or the way to it, is gone. */
    AWAY,
    /** It did not answer in the time it was given, or a lock was not to be had in that time. */
    SLOW,
    /** Another connection is writing to the SQLite file. */
    BUSY,
    /** No space left on its disk. */
    FULL,
    /** It answers, and takes no writes: a standby, or the former primary after a failover. */
    READ_ONLY,
    /** It understood and said no. */
    REFUSED;

    /** Whether it may be otherwise a moment later, without anybody changing the request. */
    boolean passes() {
        return this != REFUSED && this != CONFLICT;
    }
}
