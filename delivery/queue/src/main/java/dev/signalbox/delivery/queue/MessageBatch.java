package dev.signalbox.delivery.queue;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Messages that were enqueued together, as they stand.
 *
 * @param total how many belong to it
 * @param open how many have not ended
 * @param ended how many ended in each state; {@link MessageState#UNKNOWN} counts as an end, since nothing more happens to such a message by
 *     itself. States without a message are missing
 * @param completedAt when the last one ended. What operators do to its messages after that changes nothing here
 * @param callback whom to tell then, in the order of the steps; empty for nobody
 * @param toldBy the message in the queue that tells; empty until it is enqueued
 */
public record MessageBatch(
        UUID id,
        Instant createdAt,
        int total,
        int open,
        Map<MessageState, Integer> ended,
        Optional<Instant> completedAt,
        List<Step> callback,
        Optional<UUID> toldBy) {
    private static final Set<MessageState> FAILED =
            Set.of(MessageState.DEAD, MessageState.REJECTED, MessageState.EXPIRED);

    public MessageBatch {
        ended = Map.copyOf(ended);
        callback = List.copyOf(callback);
    }

    /** How many have ended. */
    public int done() {
        return total - open;
    }

    /** How many have ended without being sent, and nobody wanted that: DEAD, REJECTED or EXPIRED. */
    public int failed() {
        return ended.entrySet().stream()
                .filter(end -> FAILED.contains(end.getKey()))
                .mapToInt(Map.Entry::getValue)
                .sum();
    }
}
