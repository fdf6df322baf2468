package dev.signalbox.exec;

import java.time.Duration;

/** A command ran into its {@link Command#timeout}. */
public final class CommandTimeoutException extends CommandEndedException {
    private static final long serialVersionUID = 1L;

    CommandTimeoutException(Duration timeout, Capture partial) {
        super(
                partial.program() + " did not end within " + timeout.toMillis() / 1000.0
                        + " s and was ended; allow it more with timeout(...)",
                partial);
    }
}
