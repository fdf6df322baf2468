package dev.signalbox.client;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;

/**
 * How long to wait before the next attempt to connect: exponential, with full jitter (Brooker, "Exponential Backoff And Jitter",
 * AWS Architecture Blog, 2015), so that clients that lost one server do not come back at the same moment. For one thread.
 */
final class Backoff {
    private static final int MAX_DOUBLINGS = 30;

    private final ClientOptions.Retry retry;
    private final DoubleSupplier random;
    private int attempts;

    /** @param random gives numbers from 0 to 1 */
    Backoff(ClientOptions.Retry retry, DoubleSupplier random) {
        this.retry = retry;
        this.random = random;
    }

    static Backoff withJitter(ClientOptions.Retry retry) {
        return new Backoff(retry, () -> ThreadLocalRandom.current().nextDouble());
    }

    /** Before the next attempt, and at least {@code atLeast}. */
    Duration next(Duration atLeast) {
        double doubled = retry.first().toNanos() * Math.scalb(1.0, Math.min(attempts++, MAX_DOUBLINGS));
        double bound = Math.min((double) retry.most().toNanos(), doubled);
        return atLeast.plusNanos(Math.round(random.getAsDouble() * bound));
    }

    /** An attempt succeeded. */
    void reset() {
        attempts = 0;
    }
}
