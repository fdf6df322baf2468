package dev.signalbox.endpoint.netty;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Where a connection stands in its event loop's outbox: in what goes to all, in topics, and what is held until there is room. For that
 * loop. What an idle connection does not need is not there: most of a node's connections are idle.
 */
final class Places {

    /** What could not be written when it came, and the offset of what went to all before it. */
    record Held(OutboxTask.Direct task, long after) {}

    /** In what goes to all; null before it has joined, and once it has left. */
    @Nullable
    Member everyone;

    /** Immutable while it has one entry at most, which is the rule: a hash map takes several times as much. */
    private Map<String, Member> topics = Map.of();
    /** Null until something has to be held. */
    private @Nullable Queue<Held> held;

    /** In topics, in no order. */
    Collection<Member> topics() {
        return topics.values();
    }

    /** Adds a place in a topic. */
    void add(Member member) {
        String topic = member.feed.topic.name();
        if (topics.isEmpty()) {
            topics = Map.of(topic, member);
            return;
        }
        if (topics.size() == 1) {
            topics = new HashMap<>(topics);
        }
        topics.put(topic, member);
    }

    /** Takes the place in a topic out; null if there is none. */
    @Nullable
    Member remove(String topic) {
        Member place = topics.get(topic);
        if (topics.size() > 1) {
            topics.remove(topic);
        } else if (place != null) {
            topics = Map.of();
        }
        return place;
    }

    /** Holds something, behind what is held already. */
    void hold(Held later) {
        if (held == null) {
            held = new ArrayDeque<>();
        }
        held.add(later);
    }

    /** The oldest that is held; null if nothing is. */
    @Nullable
    Held nextHeld() {
        return held == null ? null : held.peek();
    }

    /** The oldest is held no longer. */
    void removeHeld() {
        if (held != null) {
            held.remove();
        }
    }

    /** The connection gets nothing more. */
    void clear() {
        everyone = null;
        topics = Map.of();
        held = null;
    }
}
