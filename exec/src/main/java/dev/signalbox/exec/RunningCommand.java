package dev.signalbox.exec;

/** A command under way, captured. Closing it ends it. Thread-safe. */
public final class RunningCommand implements AutoCloseable {
    private final Execution execution;
    private final OutputBuffer out;
    private final OutputBuffer err;

    RunningCommand(Execution execution, OutputBuffer out, OutputBuffer err) {
        this.execution = execution;
        this.out = out;
        this.err = err;
    }

    /** The process id of its first process. */
    public long pid() {
        return execution.run().pid();
    }

    public boolean isRunning() {
        return !execution.run().ended().isDone();
    }

    /**
     * Sends a signal to all of its processes that are in its process group, and returns at once. Does nothing once it has ended. An
     * end by this signal is reported as any other: {@link Exit.Signal}.
     *
     * @param number 1 to 64, as this platform counts them: 1 is HUP, 2 INT, 15 TERM; 10 is USR1 and 12 USR2 on Linux
     * @throws IllegalArgumentException if it is no such number
     * @throws UnsupportedOperationException if this platform has no way to send it (Windows: all but KILL and TERM)
     */
    public void signal(int number) {
        execution.signal(number);
    }

    /** Asks for its end, with {@link Command#grace}, and returns at once. */
    public void cancel() {
        execution.cancel();
    }

    /**
     * Waits for its end. Interrupting the wait ends the command; then {@link InterruptedException} comes once all of it is
     * gone.
     *
     * @throws CommandEndedException if it was cancelled or ran into its timeout
     */
    public Capture await() throws InterruptedException {
        Run.Ended ended = execution.await();
        return execution.check(ended, out.output(), err.output());
    }

    /** Ends it if it still runs, and waits until all of it is gone. */
    @Override
    public void close() {
        execution.end();
    }
}
