package dev.signalbox.session.bus;

import org.jspecify.annotations.Nullable;

/** The root of this module's failures. Thrown as such when a store refused something: nothing was done. */
public class SessionBusException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SessionBusException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
