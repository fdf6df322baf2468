package dev.signalbox.exec;

/** There is no such program, or it is not executable. Nothing was started. */
public final class CommandNotFoundException extends ExecException {
    private static final long serialVersionUID = 1L;

    CommandNotFoundException(String message) {
        super(message);
    }
}
