package dev.signalbox.exec;

/** A command was ended by {@link RunningCommand#cancel()}, or because the JVM shuts down. */
public final class CommandCancelledException extends CommandEndedException {
    private static final long serialVersionUID = 1L;

    CommandCancelledException(Capture partial) {
        super(partial.program() + " was cancelled", partial);
    }
}
