package dev.signalbox.server.rest;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The client closed the connection, or takes nothing any more; there is nobody to answer. */
final class ClientGoneException extends IOException {
    private static final long serialVersionUID = 1L;

    ClientGoneException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
