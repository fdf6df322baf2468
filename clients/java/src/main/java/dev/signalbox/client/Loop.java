package dev.signalbox.client;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The thread that owns a client's state. Thread-safe. */
final class Loop implements Executor {
    /** Where futures that callers have are completed, so that what depends on them cannot hold up the loop. */
    static final Executor CALLBACKS =
            task -> Thread.ofVirtual().name("signalbox-client-callback").start(task);

    private final ScheduledThreadPoolExecutor thread;
    private final Consumer<Throwable> onFault;

    /** @param onFault told, in the loop, of a task that failed: it must not end in silence */
    Loop(Consumer<Throwable> onFault) {
        this.onFault = onFault;
        thread = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("signalbox-client").factory());
        thread.setRemoveOnCancelPolicy(true);
        // What is asked of it until then is still answered.
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(true);
    }

    /** False if the loop has ended. */
    boolean tryExecute(Runnable task) {
        try {
            thread.execute(() -> guarded(task));
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    /** Once the loop has ended, nothing is left to do for the task. */
    @Override
    public void execute(Runnable task) {
        var _ = tryExecute(task);
    }

    ScheduledFuture<?> later(Duration after, Runnable task) {
        return thread.schedule(() -> guarded(task), after.toNanos(), TimeUnit.NANOSECONDS);
    }

    ScheduledFuture<?> every(Duration period, Runnable task) {
        return thread.scheduleWithFixedDelay(
                () -> guarded(task), period.toNanos(), period.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Runs {@code late} if the future is not done in time. */
    void expire(Duration after, CompletableFuture<?> future, Runnable late) {
        ScheduledFuture<?> timer = later(after, late);
        var _ = future.whenComplete((value, failure) -> timer.cancel(false));
    }

    static void cancel(@Nullable ScheduledFuture<?> timer) {
        if (timer != null) {
            timer.cancel(false);
        }
    }

    private void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            onFault.accept(e);
        }
    }

    /** Ends it behind what it has been given; timers that are not cancelled still run. */
    void end() {
        thread.shutdown();
    }
}
