package dev.signalbox.server.command;

/** Something to do if the process is told to end (Ctrl-C, SIGTERM) before {@link #close} is called. */
public final class OnExit implements AutoCloseable {
    private final Thread hook;

    private OnExit(Runnable action) {
        this.hook = Thread.ofPlatform().unstarted(action);
    }

    /** Runs {@code action} once, on a thread of its own, when the process is told to end. */
    public static OnExit run(Runnable action) {
        var onExit = new OnExit(action);
        Runtime.getRuntime().addShutdownHook(onExit.hook);
        return onExit;
    }

    /** Forgets the action. Once the process is ending, this waits for the end: the action owns all that is left to do. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            awaitEnd();
        }
    }

    private static void awaitEnd() {
        try {
            Thread.currentThread().join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
