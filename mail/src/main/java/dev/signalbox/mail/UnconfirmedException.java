package dev.signalbox.mail;

import java.io.IOException;

/** The whole message was written, and its acceptance was not confirmed. */
final class UnconfirmedException extends IOException {
    private static final long serialVersionUID = 1L;

    UnconfirmedException(String message, Throwable cause) {
        super(message, cause);
    }
}
