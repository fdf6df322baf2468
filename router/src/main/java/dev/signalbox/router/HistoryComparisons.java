package dev.signalbox.router;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Topics that have to be compared with their history, {@value #MOST} at a time: a loss in a partition makes all topics there doubtful, however many they are,
 * and so does a node that is heard there for the first time. A topic that waits already is compared once for all who ask. Thread-safe.
 */
final class HistoryComparisons {
    static final int MOST = 8;

    /** {@code after} is the last offset that is beyond doubt. */
    private record Doubtful(SharedTopic topic, long after) {}

    private final Map<SharedTopic, Long> waiting = new LinkedHashMap<>();
    /** Not by recursion: a history may answer at once. */
    private final Serial starting = new Serial(this::startAll);

    private int underWay;

    /** Has the topic compared from {@code after} on. */
    void add(SharedTopic topic, long after) {
        synchronized (this) {
            waiting.merge(topic, after, Math::min);
        }
        starting.run();
    }

    private void startAll() {
        for (Doubtful next = next(); next != null; next = next()) {
            next.topic().compare(next.after(), this::ended);
        }
    }

    /** Null if none waits, or enough are under way. */
    private synchronized @Nullable Doubtful next() {
        Map.Entry<SharedTopic, Long> first =
                waiting.isEmpty() ? null : waiting.entrySet().iterator().next();
        if (first == null || underWay == MOST) {
            return null;
        }
        Doubtful taken = new Doubtful(first.getKey(), first.getValue());
        waiting.remove(taken.topic());
        underWay++;
        return taken;
    }

    private void ended() {
        synchronized (this) {
            underWay--;
        }
        starting.run();
    }
}
