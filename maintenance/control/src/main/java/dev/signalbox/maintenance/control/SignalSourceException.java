package dev.signalbox.maintenance.control;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A signal could not be written or was refused. The message says why, in words for the operator. */
public class SignalSourceException extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1L;

    public SignalSourceException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
