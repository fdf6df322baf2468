package dev.signalbox.observatory;

import java.time.Duration;

/**
 * Ships log records in batches over HTTP, one buffer a destination. Thread-safe.
 *
 * <p>{@link #log} costs a caller well under a microsecond: it puts the record into a lock-free queue. Encoding, HTTP and
 * the disk are for other threads. It never throws for what happens at a destination.
 *
 * <p>What is promised: a record that was taken is shipped, or is among the dead letters, or is counted as dropped with the
 * reason; after a drop, a record that says how many goes to the same destination once it is back. Order is kept for each
 * thread within a context. Delivery is at least once: a batch whose answer got lost, and what a crashed process had shipped
 * but not yet marked, is sent again under the same {@code Idempotency-Key}, by which a destination can tell.
 *
 * <p>Without a spool, a crash loses what is in memory. With one, it loses what had not been on its way for longer than the
 * batching interval and the spool's window.
 */
public interface Observatory extends AutoCloseable {

    /**
     * Starts shipping, what an earlier process left in the spool first.
     *
     * @throws ObservatoryException if the spool or the dead letters cannot be opened, or another process uses them
     */
    static Observatory start(ObservatoryOptions options) {
        return start(options, ObservatoryListener.NONE);
    }

    /** As {@link #start(ObservatoryOptions)}, with somebody who watches. */
    static Observatory start(ObservatoryOptions options, ObservatoryListener listener) {
        return Shipper.start(options, listener, System::nanoTime);
    }

    /**
     * Takes a record for the current {@link ExecutionContext}.
     *
     * @return whether it was taken; if not, it was counted as dropped
     */
    default boolean log(LogRecord record) {
        return log(ExecutionContext.current(), record);
    }

    /** Takes a record for the given context. */
    boolean log(ExecutionContext context, LogRecord record);

    default boolean log(Severity severity, String message) {
        return log(LogRecord.of(severity, message));
    }

    /**
     * Waits until all that was taken before is shipped, among the dead letters or dropped; buffers are shipped without
     * waiting for them to fill, but backoff is kept.
     *
     * @return whether that happened in time
     * @throws InterruptedException if interrupted while waiting
     */
    boolean flush(Duration atMost) throws InterruptedException;

    /**
     * Ships nothing until {@link #resume()}; requests under way end. Records are still taken: with a spool they wait on the
     * disk, without one in memory, within its bounds. A close does not end the pause: without a spool it drops what waits.
     */
    void pause();

    /** Ends a {@link #pause()}; without one it does nothing. */
    void resume();

    ObservatoryStats stats();

    /**
     * Takes no more records, ships what is there, and returns when that is done, or else 50 ms after the deadline at the
     * latest: by then the rest is in the spool, or dropped if there is none. Calling it again does nothing.
     */
    void close(Duration deadline);

    /** Closes with a deadline of 5 s. */
    @Override
    default void close() {
        close(Duration.ofSeconds(5));
    }
}
