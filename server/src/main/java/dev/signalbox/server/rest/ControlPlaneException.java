package dev.signalbox.server.rest;

import org.jspecify.annotations.Nullable;

/** The control plane could not start. The message names the address and what mends it. */
public final class ControlPlaneException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ControlPlaneException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
