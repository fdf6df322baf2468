package dev.signalbox.router;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
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

    /** A partition that is followed. */
    private static final class Followed {
        private final int partition;
        private final Set<String> topics = new HashSet<>();
        private final CompletableFuture<Void> confirmed = new CompletableFuture<>();
        /** Whether it is followed for those who ask who is in a topic, too. */
        private boolean isAskedFor;
        /** Whether somebody has asked since it was last to be {@link #answered}. */
        private boolean isAskedAgain;

        private Followed(int partition) {
            this.partition = partition;
        }
    }

    private final ClusterLink link;
    private final ClusterSequences sequences;
    private final ClusterPresence presence;
    private final Map<ClusterLink.Channel, Followed> followed = new HashMap<>();

    /** {@code presence} is followed where topics are. */
    ClusterInterest(ClusterLink link, ClusterSequences sequences, ClusterPresence presence) {
        this.link = link;
        this.sequences = sequences;
        this.presence = presence;
    }

    /** The partition of a topic; that which tells of the presence in a topic is in the same. */
    static int partition(String topic) {
        String subject = TopicPresence.subject(topic);
        int hash = (subject == null ? topic : subject).hashCode();
        return (hash ^ (hash >>> 8) ^ (hash >>> 16)) & (PARTITIONS - 1);
    }

    /** The channel of a topic. */
    static ClusterLink.Channel channel(String topic) {
        return channel(partition(topic));
    }

    private static ClusterLink.Channel channel(int partition) {
        return new ClusterLink.Channel("topic." + partition);
    }

    /** Where the messages of a topic come; those of a pattern come on all channels, for its topics may be anywhere. */
    private static int[] partitions(String topic) {
        return Address.topic(topic).isPattern()
                ? IntStream.range(0, PARTITIONS).toArray()
                : new int[] {partition(topic)};
    }

    /**
     * A topic has begun here, unless {@code isOpen} says that it has ended since. The stage completes once all that is published elsewhere from
     * then on comes here.
     */
    synchronized CompletionStage<?> opened(String topic, Predicate<String> isOpen) {
        return isOpen.test(topic)
                ? CompletableFuture.allOf(Arrays.stream(partitions(topic))
                        .mapToObj(partition -> add(partition, topic))
                        .toArray(CompletableFuture<?>[]::new))
                : CompletableFuture.completedFuture(null);
    }

    private CompletableFuture<Void> add(int partition, String topic) {
        Followed known = follow(partition);
        known.topics.add(topic);
        return known.confirmed;
    }

    private Followed follow(int partition) {
        ClusterLink.Channel channel = channel(partition);
        Followed known = followed.get(channel);
        if (known != null) {
            return known;
        }
        Followed fresh = new Followed(partition);
        followed.put(channel, fresh);
        var _ = link.subscribe(channel).thenRun(() -> confirmed(partition, fresh));
        return fresh;
    }

    private void confirmed(int partition, Followed one) {
        follows(partition, one);
        one.confirmed.complete(null);
    }

    /** Race: the partition may have been left just before, and then nothing would end what is begun here. */
    private synchronized void follows(int partition, Followed one) {
        if (one.equals(followed.get(channel(partition)))) {
            presence.follows(partition);
        }
    }

    /**
     * Somebody asks who is in a topic, which need not be open here: its partition is followed, and the caller has to call {@link #answered} after some
     * time. False if somebody else has to, who asked before.
     */
    synchronized boolean asked(String topic) {
        Followed known = follow(partition(topic));
        boolean wasAskedFor = known.isAskedFor;
        known.isAskedFor = true;
        known.isAskedAgain = wasAskedFor;
        return !wasAskedFor;
    }

    /**
     * If nobody has asked since, the partition is not followed for those who ask any more.
     *
     * @return whether it still is, and so this has to be called again
     */
    synchronized boolean answered(String topic) {
        int partition = partition(topic);
        Followed known = followed.get(channel(partition));
        if (known == null) {
            return false;
        }
        known.isAskedFor = known.isAskedAgain;
        known.isAskedAgain = false;
        leaveIfUnused(partition, known);
        return known.isAskedFor;
    }

    /** A topic has ended here, unless {@code isOpen} says that another one of its name has begun since. */
    synchronized void closed(String topic, Predicate<String> isOpen) {
        if (isOpen.test(topic)) {
            return;
        }
        Arrays.stream(partitions(topic)).forEach(partition -> remove(partition, topic));
    }

    private void remove(int partition, String topic) {
        Followed known = followed.get(channel(partition));
        if (known != null && known.topics.remove(topic)) {
            leaveIfUnused(partition, known);
        }
    }

    private void leaveIfUnused(int partition, Followed known) {
        if (known.topics.isEmpty() && !known.isAskedFor) {
            ClusterLink.Channel channel = channel(partition);
            followed.remove(channel);
            link.unsubscribe(channel);
            sequences.leaves(channel);
            presence.leaves(partition);
        }
    }

    /** The partition that the channel is of; empty if it is of none, or none that is followed. */
    synchronized OptionalInt partition(ClusterLink.Channel channel) {
        Followed known = followed.get(channel);
        return known == null ? OptionalInt.empty() : OptionalInt.of(known.partition);
    }

    /** The topics of this node that share the channel. */
    synchronized List<String> topics(ClusterLink.Channel channel) {
        Followed known = followed.get(channel);
        return known == null ? List.of() : List.copyOf(known.topics);
    }
}
