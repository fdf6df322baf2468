package dev.signalbox.delivery.queue;

import java.time.Duration;

/** Claims due deliveries, hands them to senders, and records what became of them. Thread-safe. */
public interface Dispatcher extends AutoCloseable {
    /** What the operator wants. */
    enum DispatchState {
        RUNNING,
        PAUSED
    }

    /** Starts claiming. Idempotent. */
    void start();

    /** Stops claiming; what is in flight finishes. Idempotent. */
    void pause();

    DispatchState state();

    /** Stops claiming, waits for what is in flight, puts back what was not begun; false if the deadline came first. */
    boolean drain(Duration deadline) throws InterruptedException;

    @Override
    void close();
}
