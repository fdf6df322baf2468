package dev.signalbox.delivery.queue;

import org.jspecify.annotations.Nullable;

/** The root of this module's failures. */
public class DeliveryQueueException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DeliveryQueueException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
