package dev.signalbox.router;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who subscribes to one topic, on all nodes: users, each counted once however many sessions of theirs do. What changes within {@link #GATHER}
 * is told as one event, so that a storm of changes costs no more than a few. Thread-safe.
 */
final class TopicPresence {
    /** What the name of the topic ends with that tells of the changes in another. */
    static final String SUFFIX = "~presence";

    /** How long changes are gathered before they are told. */
    static final Duration GATHER = Duration.ofMillis(500);

    /** Names in one event or list. */
    static final int MOST_NAMES = 1_000;

    /**
     * What changed since the event before.
     *
     * @param count users that are there now
     * @param isWhole false if more came or went than are named
     */
    record Change(List<String> joined, List<String> left, int count, boolean isWhole) {
        /** As JSON. Users' ids have no character that would need to be escaped. */
        String json() {
            return "{\"joined\":" + array(joined) + ",\"left\":" + array(left) + ",\"count\":" + count
                    + (isWhole ? "}" : ",\"more\":true}");
        }

        private static String array(List<String> users) {
            return users.isEmpty() ? "[]" : "[\"" + String.join("\",\"", users) + "\"]";
        }
    }

    /** The other nodes, which have users in topics, too. */
    interface Others {
        /** A user has come to a topic on this node. */
        void joined(String topic, String user);

        /** A user has left a topic on this node, with their last session. */
        void left(String topic, String user);

        /** Presence in a topic is kept here from now on: its users on other nodes are added at once. */
        void watches(String topic, TopicPresence presence);

        void forgets(String topic);
    }

    /** There are none. */
    static final Others NOBODY = new Others() {
        @Override
        public void joined(String topic, String user) {}

        @Override
        public void left(String topic, String user) {}

        @Override
        public void watches(String topic, TopicPresence presence) {}

        @Override
        public void forgets(String topic) {}
    };

    private final String topic;
    private final InstantSource clock;
    private final Deadlines deadlines;
    private final Others others;
    private final Consumer<Change> told;
    private final Serial telling = new Serial(this::tell);
    /** By user, how many sessions of this node subscribe. */
    private final Map<String, Integer> here = new HashMap<>();
    /** By user, on how many nodes they are. */
    private final NavigableMap<String, Integer> present = new TreeMap<>();
    /** By user, whether they were there when the last event was told. */
    private final Map<String, Boolean> changed = new LinkedHashMap<>();

    private boolean isScheduled;

    /** {@code told} is called by one thread at a time, without a lock. */
    TopicPresence(String topic, InstantSource clock, Deadlines deadlines, Others others, Consumer<Change> told) {
        this.topic = topic;
        this.clock = clock;
        this.deadlines = deadlines;
        this.others = others;
        this.told = told;
    }

    /** The topic whose presence a topic of this name tells; null if it is an ordinary one. */
    static @Nullable String subject(String name) {
        return name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : null;
    }

    /** A session of this node subscribes. Called under the topic's lock, so that other nodes are told in this order, too. */
    void join(String user) {
        if (isFirstHere(user)) {
            others.joined(topic, user);
        }
    }

    private synchronized boolean isFirstHere(String user) {
        boolean isFirst = here.merge(user, 1, Integer::sum) == 1;
        if (isFirst) {
            joinOnNode(user, true);
        }
        return isFirst;
    }

    /** A session of this node does not subscribe any more. Under the topic's lock as well. */
    void leave(String user) {
        if (wasLastHere(user)) {
            others.left(topic, user);
        }
    }

    private synchronized boolean wasLastHere(String user) {
        boolean wasLast = here.merge(user, -1, Integer::sum) == 0;
        if (wasLast) {
            here.remove(user);
            leaveOnNode(user);
        }
        return wasLast;
    }

    /** A user is there on one node more; {@code isTold} unless they were there before this node knew of it. */
    synchronized void joinOnNode(String user, boolean isTold) {
        if (present.merge(user, 1, Integer::sum) > 1) {
            return;
        }
        if (isTold) {
            changes(user, false);
        } else {
            // They may just have left this node, which need not be told any more.
            changed.remove(user);
        }
    }

    /** On one node less. */
    synchronized void leaveOnNode(String user) {
        if (present.merge(user, -1, Integer::sum) == 0) {
            present.remove(user);
            changes(user, true);
        }
    }

    /** A user who is back before it was told never left. */
    private void changes(String user, boolean wasThere) {
        Boolean before = changed.putIfAbsent(user, wasThere);
        if (before != null && before != wasThere) {
            changed.remove(user);
        }
        if (!isScheduled) {
            isScheduled = true;
            deadlines.at(clock.instant().plus(GATHER), () -> deadlines.elsewhere(telling::run));
        }
    }

    private void tell() {
        Change change = take();
        if (change != null) {
            told.accept(change);
        }
    }

    private synchronized @Nullable Change take() {
        isScheduled = false;
        if (changed.isEmpty()) {
            return null;
        }
        List<String> joined = new ArrayList<>();
        List<String> left = new ArrayList<>();
        changed.forEach((user, wasThere) -> add(user, wasThere ? left : joined));
        boolean isWhole = joined.size() + left.size() == changed.size();
        changed.clear();
        return new Change(joined, left, present.size(), isWhole);
    }

    private static void add(String user, List<String> to) {
        if (to.size() < MOST_NAMES) {
            to.add(user);
        }
    }

    /**
     * Some of the users that are there, in the order of their ids, and how many there are.
     *
     * @param after those with greater ids; empty for the first
     * @param isComplete whether other nodes have told who is there, too
     */
    synchronized ClientSession.Presence.Present present(String after, int most, boolean isComplete) {
        List<String> users =
                present.tailMap(after, false).keySet().stream().limit(most).toList();
        return new ClientSession.Presence.Present(users, present.size(), isComplete);
    }
}
