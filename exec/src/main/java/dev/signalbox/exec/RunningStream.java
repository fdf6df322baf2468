package dev.signalbox.exec;

/** A command under way whose output is handed over line by line. Closing it ends it. Thread-safe. */
public final class RunningStream implements AutoCloseable {
    private final Execution execution;
    private final LineQueue lines;

    RunningStream(Execution execution, LineQueue lines) {
        this.execution = execution;
        this.lines = lines;
        var _ = execution.run().ended().whenComplete((_, _) -> lines.end());
    }

    /** The process id of its first process. */
    public long pid() {
        return execution.run().pid();
    }

    /** As {@link RunningCommand#signal}. */
    public void signal(int number) {
        execution.signal(number);
    }

    /** Asks for its end, with {@link Command#grace}, and returns at once. */
    public void cancel() {
        execution.cancel();
    }

    /**
     * Hands over its lines, those that were written before this call included, on the calling thread, and waits for its end. To be
     * called once. A handler that is slow slows the command down; one that throws ends it, and so does an interrupt.
     *
     * @throws CommandEndedException if it was cancelled or ran into its timeout
     */
    public Exit forEach(LineHandler handler) throws InterruptedException {
        try {
            lines.forEach(handler);
        } catch (Throwable e) {
            execution.end();
            throw e;
        }
        return execution.check(execution.await(), Output.NONE, Output.NONE).exit();
    }

    /** Ends it if it still runs, and waits until all of it is gone. */
    @Override
    public void close() {
        execution.end();
    }
}
