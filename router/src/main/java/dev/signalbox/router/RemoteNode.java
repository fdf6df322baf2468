package dev.signalbox.router;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Another node as this one knows it. What is not final is guarded by the {@link ClusterRegistry}'s lock. */
final class RemoteNode {
    /** Changes that may come before the sessions that were asked for; beyond it they are asked for again. */
    private static final int MAX_CHANGES = 10_000;

    private final UUID id;
    private final ClusterOutbox outbox;
    private final Map<UUID, SessionInfo> sessions = new HashMap<>();
    private final Map<String, Integer> users = new HashMap<>();

    private String name;
    private Instant since;
    private Instant heardAt;
    private Set<String> logics = Set.of();
    private volatile boolean draining;
    private long beats;
    /** Whether it has given a sign of life, and not only sent something else. */
    private boolean isKnown;

    /** The last change of its sessions that is known; -1 until all of them are. */
    private long version = -1;

    /** While all sessions are awaited: since when, what has come of them, and the changes that came meanwhile. */
    private boolean isAsked;

    private Instant askedAt = Instant.EPOCH;
    private final Map<UUID, SessionInfo> arriving = new LinkedHashMap<>();
    private final List<ClusterFrame> changes = new ArrayList<>();

    RemoteNode(UUID id, ClusterOutbox outbox, Instant now) {
        this.id = id;
        this.outbox = outbox;
        this.name = id.toString();
        this.since = now;
        this.heardAt = now;
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

    Map<String, Integer> users() {
        return users;
    }

    long version() {
        return version;
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

    /** All sessions are awaited from now on. */
    void asks(Instant now) {
        isAsked = true;
        askedAt = now;
        arriving.clear();
        changes.clear();
    }

    boolean isAsked() {
        return isAsked;
    }

    Instant askedAt() {
        return askedAt;
    }

    /** Keeps a change until all sessions are there. False if there are too many. */
    boolean keep(ClusterFrame change) {
        changes.add(change);
        return changes.size() <= MAX_CHANGES;
    }

    Map<UUID, SessionInfo> arriving() {
        return arriving;
    }

    /** All sessions are there; the changes that came meanwhile. */
    List<ClusterFrame> arrived(long changed) {
        isAsked = false;
        version = changed;
        List<ClusterFrame> kept = List.copyOf(changes);
        changes.clear();
        arriving.clear();
        return kept;
    }

    void version(long changed) {
        version = changed;
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
