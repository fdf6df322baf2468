package dev.signalbox.router;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * The places of what was received from each node on each channel. They are counted by their sender and arrive in order, so a place that is not
 * above the last is a repetition, and one that is more than one above it follows a loss. Thread-safe; it remembers the {@value #NODES}
 * nodes that were heard last.
 */
final class ClusterSequences {
    private static final int NODES = 1_000;

    /** What an envelope is. */
    enum Arrival {
        /** Nothing was heard of its sender there before, or not since the channel was left: whether something is missing is not known. */
        FIRST,
        NEXT,
        REPEATED,
        /** The next that came, but what is before it is missing. */
        AFTER_LOSS
    }

    /** {@code follows} is false if it is not known what should come after {@code sequence}. */
    private record Seen(long sequence, boolean follows) {}

    private final Map<UUID, Map<String, Seen>> origins = new LinkedHashMap<>(16, 0.75f, true);

    /** Notes an envelope. */
    synchronized Arrival arrived(UUID origin, ClusterLink.Channel channel, long sequence) {
        Map<String, Seen> channels = origins.computeIfAbsent(origin, same -> new HashMap<>());
        Seen last = channels.get(channel.name());
        if (last != null && sequence <= last.sequence()) {
            return Arrival.REPEATED;
        }
        channels.put(channel.name(), new Seen(sequence, true));
        if (origins.size() > NODES) {
            origins.remove(origins.keySet().iterator().next());
        }
        if (last == null || !last.follows()) {
            return Arrival.FIRST;
        }
        return sequence == last.sequence() + 1 ? Arrival.NEXT : Arrival.AFTER_LOSS;
    }

    /** The channel is not subscribed to any more: what is published until it is again is not missed. */
    synchronized void leaves(ClusterLink.Channel channel) {
        origins.values()
                .forEach(channels ->
                        channels.computeIfPresent(channel.name(), (same, last) -> new Seen(last.sequence(), false)));
    }
}
