package dev.signalbox.router;

import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * The topics whose presence this node keeps account of: while it has the topic itself, or the one that tells of the changes in it. Thread-safe;
 * bounded by the number of topics.
 */
final class TopicPresences {
    private static final class Held {
        private final TopicPresence presence;
        private int holders;

        private Held(TopicPresence presence) {
            this.presence = presence;
        }
    }

    private final InstantSource clock;
    private final Deadlines deadlines;
    private final BiConsumer<String, TopicPresence.Change> told;
    private final Map<String, Held> byTopic = new HashMap<>();
    private volatile TopicPresence.Others others = TopicPresence.NOBODY;

    /** {@code told} gets the topic and what changed; see {@link TopicPresence}. */
    TopicPresences(InstantSource clock, Deadlines deadlines, BiConsumer<String, TopicPresence.Change> told) {
        this.clock = clock;
        this.deadlines = deadlines;
        this.told = told;
    }

    /** From now on there are other nodes. Before the first topic. */
    void join(TopicPresence.Others nodes) {
        others = nodes;
    }

    /** The presence in a topic, kept until as many calls of {@link #release}. */
    synchronized TopicPresence hold(String topic) {
        Held held = byTopic.computeIfAbsent(topic, this::begin);
        held.holders++;
        return held.presence;
    }

    private Held begin(String topic) {
        TopicPresence presence =
                new TopicPresence(topic, clock, deadlines, others, change -> told.accept(topic, change));
        others.watches(topic, presence);
        return new Held(presence);
    }

    synchronized void release(String topic) {
        Held held = byTopic.get(topic);
        if (held != null && --held.holders == 0) {
            byTopic.remove(topic);
            others.forgets(topic);
        }
    }
}
