package dev.signalbox.delivery.queue;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What messages are found by, and what their owner keeps with them. Neither goes to the recipient.
 *
 * @param tags at most 16, each 1 to 64 letters, digits and {@code . _ : / = @ + -}, beginning with a letter or digit; in
 *     alphabetical order
 * @param metadata at most 32 names of 1 to 64 characters, as headers have them, with values of at most 1024
 */
public record Labels(Set<String> tags, Map<String, String> metadata) {
    public static final Labels NONE = new Labels(Set.of(), Map.of());

    public Labels {
        tags = tags.isEmpty() ? Set.of() : Collections.unmodifiableSet(new TreeSet<>(tags));
        metadata = Map.copyOf(metadata);
        Limits.check(tags.size() <= Limits.TAGS, "tags", "are " + tags.size() + "; the most is " + Limits.TAGS);
        tags.forEach(Limits::tag);
        Limits.metadata(metadata);
    }

    public Labels withTags(Set<String> others) {
        return new Labels(others, metadata);
    }

    public Labels withMetadata(Map<String, String> other) {
        return new Labels(tags, other);
    }
}
