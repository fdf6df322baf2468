package dev.signalbox.session.postgres;

import dev.signalbox.session.bus.SessionStore.Entry;
import dev.signalbox.session.bus.SessionStore.Place;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The last numbers that this process gave out, from which the last event of a session is looked for. They may be out of date in any way: then an
 * append takes longer, and is still right. Thread-safe.
 */
final class KnownLasts {
    /** Before there would be more, all are forgotten, which costs each session one slower append. */
    static final int MOST = 10_000;

    private final ConcurrentHashMap<String, Long> lasts = new ConcurrentHashMap<>();

    /** In the order of the sessions; 0 for one that is not known. */
    long[] of(String[] sessions) {
        long[] known = new long[sessions.length];
        for (int i = 0; i < known.length; i++) {
            known[i] = lasts.getOrDefault(sessions[i], 0L);
        }
        return known;
    }

    /** Each session's last place counts. */
    void learn(List<Entry> entries, List<Place> places) {
        if (lasts.size() > MOST - entries.size()) {
            lasts.clear();
        }
        for (int i = 0; i < places.size(); i++) {
            lasts.put(entries.get(i).session(), places.get(i).offset());
        }
    }
}
