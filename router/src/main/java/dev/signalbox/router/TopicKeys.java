package dev.signalbox.router;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The keys that a topic's last messages were published under, so that a repetition is known as one. Guarded by the topic's lock. */
final class TopicKeys {
    /** Remembered beyond the history. */
    private static final int LEAST = 1_024;

    private final int capacity;
    private final Map<String, Long> offsets = new LinkedHashMap<>();

    /** @param kept how many messages the topic keeps */
    TopicKeys(int kept) {
        capacity = Math.max(LEAST, kept);
    }

    /** Where the message with this key is; null if it is not known, or there is no key. */
    @Nullable
    Long offset(@Nullable String key) {
        return key == null ? null : offsets.get(key);
    }

    void remember(@Nullable String key, long offset) {
        if (key == null) {
            return;
        }
        offsets.put(key, offset);
        if (offsets.size() > capacity) {
            offsets.remove(offsets.keySet().iterator().next());
        }
    }
}
