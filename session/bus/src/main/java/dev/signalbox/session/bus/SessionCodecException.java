package dev.signalbox.session.bus;

/** An event could not be turned into bytes, or bytes into an event. Nothing was sent; what is stored stays stored. */
public final class SessionCodecException extends SessionBusException {
    private static final long serialVersionUID = 1L;

    public SessionCodecException(String message, Throwable cause) {
        super(message, cause);
    }
}
