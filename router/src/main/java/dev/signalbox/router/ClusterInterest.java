package dev.signalbox.router;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Subscribes to what other nodes publish to this node's topics, and to nothing else. Topics share {@value #PARTITIONS} channels, so that the
 * number of topics costs the broker nothing. Thread-safe.
 */
final class ClusterInterest {
    /** The same on all nodes. */
    private static final int PARTITIONS = 256;

    private final ClusterLink link;
    private final ClusterSequences sequences;
    /** The topics of this node that share a channel, and when the broker has confirmed that it is subscribed to. */
    private record Followed(Set<String> topics, CompletionStage<Void> confirmed) {}

    private final Map<ClusterLink.Channel, Followed> followed = new HashMap<>();

    ClusterInterest(ClusterLink link, ClusterSequences sequences) {
        this.link = link;
        this.sequences = sequences;
    }

    /** The channel of a topic. */
    static ClusterLink.Channel channel(String topic) {
        int hash = topic.hashCode();
        return channel((hash ^ (hash >>> 8) ^ (hash >>> 16)) & (PARTITIONS - 1));
    }

    private static ClusterLink.Channel channel(int partition) {
        return new ClusterLink.Channel("topic." + partition);
    }

    /** Where the messages of a topic come; those of a pattern come on all channels, for its topics may be anywhere. */
    private static List<ClusterLink.Channel> channels(String topic) {
        return Address.topic(topic).isPattern()
                ? IntStream.range(0, PARTITIONS)
                        .mapToObj(ClusterInterest::channel)
                        .toList()
                : List.of(channel(topic));
    }

    /**
     * A topic has begun here, unless {@code isOpen} says that it has ended since. The stage completes once all that is published elsewhere from
     * then on comes here.
     */
    synchronized CompletionStage<?> opened(String topic, Predicate<String> isOpen) {
        return isOpen.test(topic)
                ? CompletableFuture.allOf(channels(topic).stream()
                        .map(channel -> add(channel, topic).toCompletableFuture())
                        .toArray(CompletableFuture<?>[]::new))
                : CompletableFuture.completedFuture(null);
    }

    private CompletionStage<Void> add(ClusterLink.Channel channel, String topic) {
        Followed known =
                followed.computeIfAbsent(channel, same -> new Followed(new HashSet<>(), link.subscribe(channel)));
        known.topics().add(topic);
        return known.confirmed();
    }

    /** A topic has ended here, unless {@code isOpen} says that another one of its name has begun since. */
    synchronized void closed(String topic, Predicate<String> isOpen) {
        if (isOpen.test(topic)) {
            return;
        }
        channels(topic).forEach(channel -> remove(channel, topic));
    }

    private void remove(ClusterLink.Channel channel, String topic) {
        Followed known = followed.get(channel);
        if (known != null && known.topics().remove(topic) && known.topics().isEmpty()) {
            followed.remove(channel);
            link.unsubscribe(channel);
            sequences.leaves(channel);
        }
    }

    /** The topics of this node that share the channel. */
    synchronized List<String> topics(ClusterLink.Channel channel) {
        Followed known = followed.get(channel);
        return known == null ? List.of() : List.copyOf(known.topics());
    }
}
