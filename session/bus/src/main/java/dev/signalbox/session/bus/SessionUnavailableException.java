package dev.signalbox.session.bus;

import org.jspecify.annotations.Nullable;

/** The store cannot be reached at the moment; what was asked may or may not have been done. */
public final class SessionUnavailableException extends SessionBusException {
    private static final long serialVersionUID = 1L;

    public SessionUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
