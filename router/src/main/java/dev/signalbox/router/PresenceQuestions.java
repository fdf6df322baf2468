package dev.signalbox.router;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.IntConsumer;

/**
 * The partitions whose presence another node is asked for: no more than {@value #AT_A_TIME} at a time, for an answer may be long, and after an outage
 * each node asks each other for all of its partitions. Not thread-safe: guarded by the monitor of {@link ClusterPresence}.
 */
final class PresenceQuestions {
    static final int AT_A_TIME = 8;

    private final IntConsumer asking;
    private final Set<Integer> underWay = new HashSet<>();
    private final Set<Integer> waiting = new LinkedHashSet<>();

    /** {@code asking} puts the question to the node. */
    PresenceQuestions(IntConsumer asking) {
        this.asking = asking;
    }

    /** Asks, maybe again; or once another question has ended. */
    void ask(int partition) {
        if (underWay.contains(partition) || underWay.size() < AT_A_TIME) {
            waiting.remove(partition);
            underWay.add(partition);
            asking.accept(partition);
        } else {
            waiting.add(partition);
        }
    }

    /** The node has answered, or need not any more. */
    void ended(int partition) {
        waiting.remove(partition);
        if (underWay.remove(partition) && !waiting.isEmpty()) {
            ask(waiting.iterator().next());
        }
    }
}
