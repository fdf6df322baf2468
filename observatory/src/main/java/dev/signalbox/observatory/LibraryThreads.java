package dev.signalbox.observatory;

import java.util.concurrent.Executor;

/** The library's own threads, and how to know them: what they log must not be shipped, or there would be no end of it. */
final class LibraryThreads {
    private static final ScopedValue<Boolean> OWN = ScopedValue.newInstance();

    private LibraryThreads() {}

    static boolean isCurrent() {
        return OWN.isBound();
    }

    static Runnable marked(Runnable task) {
        return () -> ScopedValue.where(OWN, true).run(task);
    }

    /** A virtual thread for each task. */
    static Executor executor(String name) {
        var threads = Thread.ofVirtual().name(name + "-", 0).factory();
        return task -> threads.newThread(marked(task)).start();
    }
}
