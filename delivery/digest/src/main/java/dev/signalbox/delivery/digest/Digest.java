package dev.signalbox.delivery.digest;

import dev.signalbox.delivery.queue.Step;
import java.util.List;

/**
 * The messages of a window that is being closed.
 *
 * @param to whom the one message goes
 * @param items oldest first; at least one
 */
public record Digest(Step to, List<DigestItem> items) {
    public Digest {
        items = List.copyOf(items);
        if (items.isEmpty()) {
            throw new IllegalArgumentException("a digest has at least one message");
        }
    }

    public DigestItem newest() {
        return items.getLast();
    }
}
