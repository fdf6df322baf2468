package dev.signalbox.exec;

import dev.signalbox.exec.ExecListener.Outcome;

/** A command under way, captured. Closing it ends it. Thread-safe. */
public final class RunningCommand implements AutoCloseable {
    private final Execution execution;
    private final Collector out;
    private final Collector err;

    RunningCommand(Execution execution, Collector out, Collector err) {
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

    /** Asks for its end, with {@link Command#grace}, and returns at once. */
    public void cancel() {
        execution.run().end(Outcome.CANCELLED);
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
        cancel();
        execution.run().ended().join();
    }
}
