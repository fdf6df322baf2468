package dev.signalbox.router;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/** Another node as this one knows it. What is not final is guarded by the {@link ClusterRegistry}'s lock. */
final class RemoteNode {
    private final UUID id;
    private final ClusterOutbox outbox;
    private final Map<UUID, SessionInfo> sessions = new HashMap<>();
    /** By user, the ids of their sessions. */
    private final Map<String, List<UUID>> users = new HashMap<>();

    private final ClusterCopy<SessionInfo, ClusterFrame> copy;

    private String name;
    private Instant since;
    private Instant heardAt;
    private Set<String> logics = Set.of();
    private volatile boolean draining;
    private long beats;
    /** Whether it has given a sign of life, and not only sent something else. */
    private boolean isKnown;

    /** {@code copy} makes what keeps its sessions as it tells of them. */
    RemoteNode(
            UUID id,
            ClusterOutbox outbox,
            Instant now,
            Function<RemoteNode, ClusterCopy<SessionInfo, ClusterFrame>> copy) {
        this.id = id;
        this.outbox = outbox;
        this.name = id.toString();
        this.since = now;
        this.heardAt = now;
        this.copy = copy.apply(this);
    }

    UUID id() {
        return id;
    }

    ClusterOutbox outbox() {
        return outbox;
    }

    String name() {
        return name;
    }

    Instant heardAt() {
        return heardAt;
    }

    void heard(Instant at) {
        heardAt = at;
    }

    boolean isKnown() {
        return isKnown;
    }

    /** Read without the lock, too. */
    boolean isDraining() {
        return draining;
    }

    Set<String> logics() {
        return logics;
    }

    Map<UUID, SessionInfo> sessions() {
        return sessions;
    }

    Map<String, List<UUID>> users() {
        return users;
    }

    ClusterCopy<SessionInfo, ClusterFrame> copy() {
        return copy;
    }

    /** False if a newer one came before. */
    boolean beats(ClusterFrame.Beat beat) {
        if (beat.number() <= beats) {
            return false;
        }
        beats = beat.number();
        isKnown = true;
        name = beat.name();
        since = beat.since();
        logics = beat.logics();
        draining = beat.draining();
        return true;
    }

    ClusterNode view() {
        return new ClusterNode(
                id,
                name,
                false,
                since,
                heardAt,
                draining,
                sessions.size(),
                logics.stream().sorted().toList());
    }

    /** For people. */
    @Override
    public String toString() {
        return name;
    }
}
