package dev.signalbox.router;

import org.jspecify.annotations.Nullable;

/** A registered logic at work. Thread-safe. */
sealed interface LogicRunner permits DispatchedRunner, WorkerRunner, PassiveRunner {

    /** Begins to work. Called once. */
    void start();

    /** Takes a message over, never blocking; otherwise says why not. */
    @Nullable
    RouteError offer(Message message);

    /** How many messages wait or are being handled. */
    int pending();

    /** Interrupts what runs and drops what waits. Idempotent. */
    void stop();
}
