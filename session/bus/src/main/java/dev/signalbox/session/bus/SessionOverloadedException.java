package dev.signalbox.session.bus;

/** Too much waits to be appended already; nothing was done. Try again later, or send less. */
public final class SessionOverloadedException extends SessionBusException {
    private static final long serialVersionUID = 1L;

    SessionOverloadedException(String message) {
        super(message, null);
    }
}
