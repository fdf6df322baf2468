package dev.signalbox.observatory;

import java.util.concurrent.Executor;

/** Threads of our own, and how to know them: what they log must not be shipped, or shipping would never end. */
final class Own {
    private static final ScopedValue<Boolean> OWN = ScopedValue.newInstance();

    private Own() {}

    static boolean thread() {
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
