package dev.signalbox.session.bus;

/** The bus was closed. */
public final class SessionClosedException extends SessionBusException {
    private static final long serialVersionUID = 1L;

    SessionClosedException() {
        super("the session bus is closed", null);
    }
}
