package dev.signalbox.exec;

import java.time.Duration;

/**
 * A command that ended, with what it wrote.
 *
 * @param program the first word of the command; the others may be secret
 * @param stderr empty if both outputs were captured as one
 * @param duration from before the start to after the end
 */
public record Capture(String program, Exit exit, Output stdout, Output stderr, Duration duration) {

    /** Itself, or {@link CommandFailedException} if the command did not exit with 0. */
    public Capture orThrow() {
        if (!exit.success()) {
            throw new CommandFailedException(this);
        }
        return this;
    }
}
