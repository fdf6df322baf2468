package dev.signalbox.router;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who subscribes to one topic: users, each counted once however many sessions of theirs do. What changes within {@link #GATHER}
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

    private final InstantSource clock;
    private final Deadlines deadlines;
    private final Consumer<Change> told;
    private final Serial telling = new Serial(this::tell);
    private final Map<String, Integer> sessions = new HashMap<>();
    /** By user, whether they were there when the last event was told. */
    private final Map<String, Boolean> changed = new LinkedHashMap<>();

    private boolean isScheduled;

    /** {@code told} is called by one thread at a time, without a lock. */
    TopicPresence(InstantSource clock, Deadlines deadlines, Consumer<Change> told) {
        this.clock = clock;
        this.deadlines = deadlines;
        this.told = told;
    }

    /** The topic whose presence a topic of this name tells; null if it is an ordinary one. */
    static @Nullable String subject(String name) {
        return name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : null;
    }

    synchronized void join(String user) {
        if (sessions.merge(user, 1, Integer::sum) == 1) {
            changes(user, false);
        }
    }

    synchronized void leave(String user) {
        int left = sessions.merge(user, -1, Integer::sum);
        if (left == 0) {
            sessions.remove(user);
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
        return new Change(joined, left, sessions.size(), isWhole);
    }

    private static void add(String user, List<String> to) {
        if (to.size() < MOST_NAMES) {
            to.add(user);
        }
    }

    /** Up to {@link #MOST_NAMES} of the users that are there, in the order of their ids, and how many there are. */
    synchronized ClientSession.Presence.Present present() {
        List<String> users =
                sessions.keySet().stream().sorted().limit(MOST_NAMES).toList();
        return new ClientSession.Presence.Present(users, sessions.size());
    }
}
