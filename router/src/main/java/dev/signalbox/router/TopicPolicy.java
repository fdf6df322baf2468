package dev.signalbox.router;

import java.time.Duration;
import java.util.Optional;

/**
 * What a topic keeps, and what becomes of a subscriber that falls behind it.
 *
 * @param count messages kept; 0 to 1 million
 * @param bytes of them, as {@link Message#bytes()} counts; 0 to 1 GiB. One message may be larger than that
 * @param age how long each is kept; 0 to 365 days
 * @param slow what happens when a subscriber has not read what is no longer kept
 * @param presence whether subscribers may know who the others are
 * @param conflateBy the header whose value is a message's key: a subscriber that lags, or comes back, gets only the newest message of
 *     each key, and is told which it does not get. Empty for all of them
 * @param scope whose the order and the history are, on a cluster
 */
public record TopicPolicy(
        int count,
        long bytes,
        Duration age,
        SlowConsumer slow,
        boolean presence,
        Optional<String> conflateBy,
        Scope scope) {

    /** Whose the order and the history of a topic are. */
    public enum Scope {
        /** Each node's own, with an epoch and offsets of its own. */
        NODE,
        /**
         * The cluster's: one epoch, order and count of offsets for all nodes, in a {@link TopicHistory}. A router that has joined no cluster, or one
         * without a history, has it for itself.
         */
        CLUSTER
    }

    /** What becomes of a subscriber that lags behind what the topic keeps. */
    public enum SlowConsumer {
        /** It is told which offsets it missed, and goes on after them. */
        GAP,
        /** It is disconnected as {@link CloseReason#SLOW_CONSUMER}. */
        DISCONNECT
    }

    /** 1,000 messages or 1 MiB for 5 minutes; gaps. */
    public static final TopicPolicy DEFAULT = new TopicPolicy(1_000, 1 << 20, Duration.ofMinutes(5), SlowConsumer.GAP);

    /** Without presence and keys, each node's own. */
    public TopicPolicy(int count, long bytes, Duration age, SlowConsumer slow) {
        this(count, bytes, age, slow, false, Optional.empty(), Scope.NODE);
    }

    public TopicPolicy {
        RouterOptions.requireRange("count", count, 0, 1_000_000);
        RouterOptions.requireRange("bytes", bytes, 0, 1L << 30);
        RouterOptions.requireRange("age", age, Duration.ZERO, Duration.ofDays(365));
    }

    public TopicPolicy withPresence(boolean changed) {
        return new TopicPolicy(count, bytes, age, slow, changed, conflateBy, scope);
    }

    public TopicPolicy withScope(Scope changed) {
        return new TopicPolicy(count, bytes, age, slow, presence, conflateBy, changed);
    }

    /** The same, with the value of this header as the key of a message. */
    public TopicPolicy conflatingBy(String header) {
        return new TopicPolicy(count, bytes, age, slow, presence, Optional.of(header), scope);
    }
}
