package dev.signalbox.server.hooks;

/** A question was not answered. The message is for the operator. */
final class HookException extends Exception {
    private static final long serialVersionUID = 1L;

    HookException(String message) {
        super(message);
    }
}
