package dev.signalbox.router;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * The patterns that are subscribed to, found by the name of a topic: one look for each length that some pattern has, and none while
 * there is no pattern. Thread-safe.
 */
final class TopicPatterns {
    private static final int LONGEST = 128;

    private final Map<String, TopicLog> byBeginning = new ConcurrentHashMap<>();
    /** How many have a beginning of each length. One that takes another's place is counted until that one is removed. */
    private final AtomicIntegerArray lengths = new AtomicIntegerArray(LONGEST + 1);

    private static String beginning(TopicLog pattern) {
        return pattern.name().substring(0, pattern.name().length() - 1);
    }

    void add(TopicLog pattern) {
        String beginning = beginning(pattern);
        byBeginning.put(beginning, pattern);
        lengths.incrementAndGet(beginning.length());
    }

    /** Once for each that was added. */
    void remove(TopicLog pattern) {
        String beginning = beginning(pattern);
        byBeginning.remove(beginning, pattern);
        lengths.decrementAndGet(beginning.length());
    }

    /** Those that stand for the topic of this name, the longest first. */
    List<TopicLog> of(String name) {
        return byBeginning.isEmpty() ? List.of() : find(name);
    }

    private List<TopicLog> find(String name) {
        List<TopicLog> found = new ArrayList<>();
        for (int length = Math.min(name.length(), LONGEST); length >= 0; length--) {
            TopicLog pattern = lengths.get(length) == 0 ? null : byBeginning.get(name.substring(0, length));
            if (pattern != null) {
                found.add(pattern);
            }
        }
        return found;
    }
}
