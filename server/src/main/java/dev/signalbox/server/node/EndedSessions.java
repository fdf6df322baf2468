package dev.signalbox.server.node;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.UUID;

/**
 * The sessions that ended last, on this node or another. Logic that does something for as long as a session lasts asks here once it has noted
 * that, since the session may have ended just before. Thread-safe; remembers the last {@value #MOST}.
 */
public final class EndedSessions {
    private static final int MOST = 10_000;

    private final Set<UUID> ids = new LinkedHashSet<>();

    public synchronized void add(UUID session) {
        ids.add(session);
        if (ids.size() > MOST) {
            ids.remove(ids.iterator().next());
        }
    }

    public synchronized boolean contains(UUID session) {
        return ids.contains(session);
    }
}
