package dev.signalbox.session.bus;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads for the turns of a {@link Writer}. A virtual thread gets the store's answer, and each end of a pause, through other threads, and
 * those hand-overs cost about as much as the rest of the work for a batch. So turns are taken by two platform threads: one writes while
 * the other completes the futures of the batch before. While what depends on futures blocks both of them, virtual threads take the turns,
 * however many.
 */
final class WriterThreads {
    private static final int MOST = 2;
    private static final Duration IDLE = Duration.ofSeconds(10);
    private static final String NAME = "signalbox-session-writer";
    private static final ThreadFactory VIRTUAL = Thread.ofVirtual().name(NAME).factory();
    private static final ThreadFactory PLATFORM = Thread.ofPlatform()
            .daemon()
            .name(NAME)
            .inheritInheritableThreadLocals(false)
            .factory();

    private WriterThreads() {}

    /** For one writer; the caller shuts it down. An immediate store answers without any hand-over, so its turns are virtual threads. */
    static ExecutorService of(SessionStore store) {
        return store.isImmediate() ? Executors.newThreadPerTaskExecutor(VIRTUAL) : platform();
    }

    private static ExecutorService platform() {
        return new ThreadPoolExecutor(
                0,
                MOST,
                IDLE.toNanos(),
                TimeUnit.NANOSECONDS,
                new SynchronousQueue<>(),
                PLATFORM,
                (turn, full) -> VIRTUAL.newThread(turn).start());
    }
}
