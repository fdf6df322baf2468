package dev.signalbox.llm;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * Time and chance, so that tests need not wait for either.
 *
 * @param chance 0 to 1
 */
record Timing(InstantSource clock, LongSupplier nanos, DoubleSupplier chance, Sleeper sleeper) {
    /** Waits, or less if {@code cancelled} completes. */
    interface Sleeper {
        void sleep(Duration time, CompletableFuture<?> cancelled) throws InterruptedException;
    }

    static Timing real() {
        return new Timing(InstantSource.system(), System::nanoTime, Math::random, Timing::pause);
    }

    private static void pause(Duration time, CompletableFuture<?> cancelled) throws InterruptedException {
        try {
            cancelled.get(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException passed) {
            return;
        } catch (ExecutionException e) {
            throw new IllegalStateException("a cancellation does not fail", e);
        }
    }
}
