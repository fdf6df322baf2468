package dev.signalbox.delivery.queue;

import java.util.List;
import java.util.UUID;

/**
 * The connection to the database broke while messages were being committed, and did not come back soon enough to find out: they
 * may or may not be in the queue. Enqueuing the same messages with the same ids (or dedupe keys) again is safe, and tells.
 */
public final class EnqueueInDoubtException extends QueueUnavailableException {
    private static final long serialVersionUID = 1L;

    private final transient List<UUID> ids;

    public EnqueueInDoubtException(List<UUID> ids, Throwable cause) {
        super(
                "the connection to the database broke before it confirmed, so " + named(ids)
                        + " may or may not be in the queue; enqueue the same again with the same id, which is safe",
                cause);
        this.ids = List.copyOf(ids);
    }

    private static String named(List<UUID> ids) {
        return ids.size() == 1 ? "message " + ids.getFirst() : ids.size() + " messages";
    }

    /** The ids of the messages that may or may not be in the queue. */
    public List<UUID> ids() {
        return ids;
    }
}
