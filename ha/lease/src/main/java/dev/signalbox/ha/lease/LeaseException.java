package dev.signalbox.ha.lease;

import org.jspecify.annotations.Nullable;

/** What goes wrong with leases; the message says what, why, and what to do. */
public class LeaseException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LeaseException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
