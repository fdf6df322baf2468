package dev.signalbox.delivery.queue;

import java.util.List;
import java.util.UUID;

/** The id of a batch that was offered belongs to another one, which stands. */
public final class BatchConflictException extends DeliveryQueueException {
    private static final long serialVersionUID = 1L;

    private final UUID batch;
    private final transient List<String> differing;

    BatchConflictException(UUID batch, List<String> differing) {
        super(
                "the id belongs to another batch, " + batch + ", which differs in " + String.join(", ", differing)
                        + "; give this one another id",
                null);
        this.batch = batch;
        this.differing = List.copyOf(differing);
    }

    /** The batch that stands. */
    public UUID batch() {
        return batch;
    }

    /** What differs: {@code messages}, {@code callback}, or both. */
    public List<String> differing() {
        return differing;
    }
}
