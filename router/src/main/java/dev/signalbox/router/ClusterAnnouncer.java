package dev.signalbox.router;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Tells other nodes of this one's sessions. Thread-safe: under its monitor each change gets its number and its place among what goes to all
 * nodes, and so do the sessions as of a change.
 */
final class ClusterAnnouncer {
    /** Times of last messages in one frame. */
    private static final int TIMES = 1_000;

    private final Map<UUID, SessionInfo> told = new LinkedHashMap<>();
    private final Consumer<ClusterFrame> toAll;
    private long version;

    /** {@code toAll} must be quick, and keep the order. */
    ClusterAnnouncer(Consumer<ClusterFrame> toAll) {
        this.toAll = toAll;
    }

    synchronized void joined(SessionInfo session) {
        told.put(session.id(), session);
        toAll.accept(new ClusterFrame.Joined(++version, session));
    }

    /** {@code moves} if it only goes to another node. */
    synchronized void left(Address.Session session, boolean moves) {
        if (told.remove(session.id()) != null) {
            toAll.accept(new ClusterFrame.Left(++version, session, moves));
        }
    }

    /** How many changes were told. */
    synchronized long version() {
        return version;
    }

    /** All sessions, for a node that has missed something. */
    synchronized Iterator<ClusterFrame.Sessions> all() {
        return new ClusterPages<>(version, told.values(), ClusterAnnouncer::characters, ClusterFrame.Sessions::new);
    }

    private static int characters(SessionInfo session) {
        int characters = session.user().length() + session.remoteAddress().length();
        for (Map.Entry<String, String> each : session.metadata().entrySet()) {
            characters += each.getKey().length() + each.getValue().length();
        }
        return characters;
    }

    /** Tells what is different of these sessions since it was told. */
    synchronized void refresh(Collection<SessionInfo> now) {
        Map<UUID, Instant> touched = new HashMap<>();
        for (SessionInfo session : now) {
            SessionInfo before = told.get(session.id());
            if (before == null || before.equals(session)) {
                continue;
            }
            if (before.withLastMessageAt(session.lastMessageAt()).equals(session)) {
                told.put(session.id(), session);
                touched.put(session.id(), session.lastMessageAt());
            } else {
                joined(session);
            }
            if (touched.size() == TIMES) {
                toAll.accept(new ClusterFrame.Touched(touched));
                touched.clear();
            }
        }
        if (!touched.isEmpty()) {
            toAll.accept(new ClusterFrame.Touched(touched));
        }
    }
}
