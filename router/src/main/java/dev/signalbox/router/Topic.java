package dev.signalbox.router;

import java.util.List;
import java.util.UUID;

/**
 * A named stream of messages with offsets, of which it keeps the last. Shards are handed what is new; a subscriber that lags, or comes
 * back, reads what is kept. Thread-safe; nothing here blocks for long.
 */
public interface Topic {

    /** How people and the protocol call it; empty for what goes to all. */
    String name();

    /** The life of the offsets. */
    UUID epoch();

    /** What becomes of those who lag. */
    TopicPolicy policy();

    /** Hands the shard every later message, until {@link #detach}. Returns the offset of the last one before. Once per shard. */
    long attach(Shard shard);

    void detach(Shard shard);

    /** The offset of the oldest message that is kept, or of the next one if none is. */
    long first();

    /**
     * What is kept of the offsets above {@code after} up to {@code upTo}, oldest first, as much as fits into {@code maxBytes}
     * but at least one.
     */
    Kept read(long after, long upTo, int maxBytes);

    /**
     * As {@link #read}, but without those that have a newer one of the same key among those up to {@code upTo}, if the topic's policy has keys.
     * So the last one up to {@code upTo} is never left out, and what lies between two that are returned is what was.
     */
    Kept readNewest(long after, long upTo, int maxBytes);

    /**
     * Messages that a topic keeps.
     *
     * @param first the lowest offset that was there to read: if it is above the one after {@code after}, those between are gone
     */
    record Kept(long first, List<Publication> publications) {
        public Kept {
            publications = List.copyOf(publications);
        }
    }
}
