package dev.signalbox.exec;

/** A command was ended before it had finished; all of its processes are gone when this is thrown. */
public abstract sealed class CommandEndedException extends ExecException
        permits CommandTimeoutException, CommandCancelledException {
    private static final long serialVersionUID = 1L;

    private final transient Capture partial;

    CommandEndedException(String message, Capture partial) {
        super(message);
        this.partial = partial;
    }

    /** What it wrote until then, and how it took the end. Outputs are empty unless they were being captured. */
    public Capture partial() {
        return partial;
    }
}
