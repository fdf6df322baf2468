package dev.signalbox.session.bus;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads for the turns of a {@link Writer}: one that writes, and one that completes the futures of the batch before. They are platform threads, as a virtual
 * one gets each answer of the store, and each wake-up of a pause, through other threads, which costs more than the rest of the work for a
 * batch. While what depends on futures blocks both of them, turns are taken by virtual threads, of which there may be many. Thread-safe.
 */
final class WriterThreads implements Executor, AutoCloseable {
    private static final int MOST = 2;
    private static final Duration IDLE = Duration.ofSeconds(10);

    private final ThreadPoolExecutor pool = new ThreadPoolExecutor(
            0,
            MOST,
            IDLE.toNanos(),
            TimeUnit.NANOSECONDS,
            new SynchronousQueue<>(),
            Thread.ofPlatform().daemon().name("signalbox-session-writer").factory(),
            (task, full) -> Thread.ofVirtual().name("signalbox-session-writer").start(task));

    @Override
    public void execute(Runnable task) {
        pool.execute(task);
    }

    /** What is under way goes on, and what comes afterwards is done, too. */
    @Override
    public void close() {
        pool.shutdown();
    }
}
