package dev.signalbox.router;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which of the messages that a topic keeps have a newer one with the same key. In a pattern, messages of different topics have different
 * keys. Guarded by the topic's lock; bounded by what the topic keeps.
 */
final class Conflation {
    private record Key(String topic, String value) {}

    private final String header;
    private final Map<Key, Long> newest = new HashMap<>();
    /** By offset, the offset of the next message with the same key. */
    private final Map<Long, Long> next = new HashMap<>();

    /** {@code header} names the header whose value is the key; a message without it has none. */
    Conflation(String header) {
        this.header = header;
    }

    private @Nullable Key key(Publication publication) {
        String value = publication.message().headers().get(header);
        return value == null ? null : new Key(publication.topic(), value);
    }

    void added(Publication publication) {
        Key key = key(publication);
        Long before = key == null ? null : newest.put(key, publication.offset());
        if (before != null) {
            next.put(before, publication.offset());
        }
    }

    /** It is no longer kept. */
    void removed(Publication publication) {
        next.remove(publication.offset());
        Key key = key(publication);
        if (key != null) {
            newest.remove(key, publication.offset());
        }
    }

    /** Whether there is a newer message with the same key among those up to {@code upTo}. */
    boolean isSuperseded(Publication publication, long upTo) {
        Long newer = next.get(publication.offset());
        return newer != null && newer <= upTo;
    }
}
