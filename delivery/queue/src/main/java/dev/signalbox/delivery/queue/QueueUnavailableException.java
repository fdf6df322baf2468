package dev.signalbox.delivery.queue;

/** The queue's database cannot be reached at the moment; what was asked may or may not have been done. */
public class QueueUnavailableException extends DeliveryQueueException {
    private static final long serialVersionUID = 1L;

    public QueueUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }
}
