package dev.signalbox.ha.lease;

import org.jspecify.annotations.Nullable;

/** The store could not be asked, or its answer was lost: the call may or may not have taken effect. Trying again may help. */
public final class LeaseStoreUnavailableException extends LeaseException {
    private static final long serialVersionUID = 1L;

    public LeaseStoreUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
