package dev.signalbox.exec;

/** The command ended with something other than exit code 0. Thrown by {@link Capture#orThrow()} only. */
public final class CommandFailedException extends ExecException {
    private static final long serialVersionUID = 1L;

    /** How much of the error output goes into the message. */
    private static final int TAIL = 500;

    private final transient Capture capture;

    CommandFailedException(Capture capture) {
        super(capture.program() + " ended with " + capture.exit()
                + tail(capture.stderr().trimmed()));
        this.capture = capture;
    }

    private static String tail(String errors) {
        return errors.isEmpty() ? "" : ": " + errors.substring(Math.max(0, errors.length() - TAIL));
    }

    public Capture capture() {
        return capture;
    }
}
