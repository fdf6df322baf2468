package dev.signalbox.session.bus;

import java.util.ArrayList;
import java.util.List;

/** Looks through the followed sessions for events that this node was not told of. */
final class Sweeper {
    /** Sessions asked about at a time. */
    private static final int CHUNK = 1_000;

    private final SessionStore store;
    private final WatcherRegistry watchers;
    private final BusMonitor monitor;

    Sweeper(SessionStore store, WatcherRegistry watchers, BusMonitor monitor) {
        this.store = store;
        this.watchers = watchers;
        this.monitor = monitor;
    }

    void sweep() {
        List<String> sessions = new ArrayList<>(watchers.sessions());
        int found = 0;
        for (int from = 0; from < sessions.size(); from += CHUNK) {
            List<String> chunk = sessions.subList(from, Math.min(sessions.size(), from + CHUNK));
            for (var head : store.heads(chunk).entrySet()) {
                found += watchers.swept(head.getKey(), head.getValue()) ? 1 : 0;
            }
        }
        int news = found;
        monitor.tell(it -> it.swept(sessions.size(), news));
    }
}
