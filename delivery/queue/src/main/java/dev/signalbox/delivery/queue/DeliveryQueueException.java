package dev.signalbox.delivery.queue;

/** The root of this module's failures. */
public class DeliveryQueueException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DeliveryQueueException(String message, Throwable cause) {
        super(message, cause);
    }
}
