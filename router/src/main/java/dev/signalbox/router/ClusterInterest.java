package dev.signalbox.router;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Subscribes to what other nodes publish to this node's topics, and to nothing else. Topics share {@value #PARTITIONS} channels, so that the
 * number of topics costs the broker nothing. Thread-safe.
 */
final class ClusterInterest {
    /** The same on all nodes. */
    private static final int PARTITIONS = 256;

    private final ClusterLink link;
    private final ClusterSequences sequences;
    private final Map<ClusterLink.Channel, Set<String>> topics = new HashMap<>();

    ClusterInterest(ClusterLink link, ClusterSequences sequences) {
        this.link = link;
        this.sequences = sequences;
    }

    /** The channel of a topic. */
    static ClusterLink.Channel channel(String topic) {
        int hash = topic.hashCode();
        return new ClusterLink.Channel("topic." + ((hash ^ (hash >>> 8) ^ (hash >>> 16)) & (PARTITIONS - 1)));
    }

    /** A topic has begun here, unless {@code isOpen} says that it has ended since. */
    synchronized void opened(String topic, Predicate<String> isOpen) {
        if (!isOpen.test(topic)) {
            return;
        }
        ClusterLink.Channel channel = channel(topic);
        Set<String> known = topics.computeIfAbsent(channel, same -> new HashSet<>());
        if (known.isEmpty()) {
            var _ = link.subscribe(channel);
        }
        known.add(topic);
    }

    /** A topic has ended here, unless {@code isOpen} says that another one of its name has begun since. */
    synchronized void closed(String topic, Predicate<String> isOpen) {
        if (isOpen.test(topic)) {
            return;
        }
        ClusterLink.Channel channel = channel(topic);
        Set<String> known = topics.get(channel);
        if (known != null && known.remove(topic) && known.isEmpty()) {
            topics.remove(channel);
            link.unsubscribe(channel);
            sequences.leaves(channel);
        }
    }

    /** The topics of this node that share the channel. */
    synchronized List<String> topics(ClusterLink.Channel channel) {
        return List.copyOf(topics.getOrDefault(channel, Set.of()));
    }
}
