package dev.signalbox.ha.lease;

import java.util.concurrent.CompletionStage;

/** A lock that was taken: a lease that renews itself until it is closed or lost. Thread-safe. */
public interface LeaseLock extends AutoCloseable {
    Lease lease();

    /** Completes once the lock is not held any more, with the reason. */
    CompletionStage<LossReason> ended();

    /** Releases the lock, if it is still held. Idempotent. */
    @Override
    void close();
}
