package dev.signalbox.router;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which nodes there are, and which sessions and logic they have. Thread-safe: changes take the monitor, look-ups do not.
 *
 * <p>Each node tells its changes one by one, numbered, and with each heartbeat how many there were. A node that misses one asks for all. So the cost of
 * a change does not grow with the number of sessions, nothing is stored anywhere else, and a node that was away learns all that it missed.
 */
final class ClusterRegistry {
    /** After that, sessions that were asked for are asked for again. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** Is told what changed; called under the monitor, so it must be quick and only offers frames. */
    interface Watcher {
        /** The node gave its first sign of life. */
        void came(RemoteNode node);

        /** All sessions of the node are needed. */
        void incomplete(RemoteNode node);

        /** A user has a session on a node where they had none. */
        void appeared(String user, RemoteNode node);

        /** The node ended, or nothing was heard of it for too long; nothing of it is in the registry any more. */
        void gone(RemoteNode node);
    }

    /** A session of another node. */
    record Located(RemoteNode node, SessionInfo session) {}

    private final InstantSource clock;
    private final Duration lease;
    private final Function<UUID, ClusterOutbox> outboxes;
    private final Watcher watcher;
    private final Map<UUID, RemoteNode> nodes = new ConcurrentHashMap<>();
    private final Map<String, List<RemoteNode>> users = new ConcurrentHashMap<>();
    private final Map<String, List<RemoteNode>> logics = new ConcurrentHashMap<>();
    private final Map<UUID, Located> sessions = new ConcurrentHashMap<>();

    /** {@code outboxes} makes the outbox to a node. */
    ClusterRegistry(InstantSource clock, Duration lease, Function<UUID, ClusterOutbox> outboxes, Watcher watcher) {
        this.clock = clock;
        this.lease = lease;
        this.outboxes = outboxes;
        this.watcher = watcher;
    }

    /** Where a user has sessions, this node apart. */
    List<RemoteNode> nodesOf(String user) {
        return users.getOrDefault(user, List.of());
    }

    /** The nodes that have a logic of this name. */
    List<RemoteNode> nodesWith(String logic) {
        return logics.getOrDefault(logic, List.of());
    }

    @Nullable
    Located session(UUID id) {
        return sessions.get(id);
    }

    List<Located> sessions() {
        return List.copyOf(sessions.values());
    }

    List<Located> sessionsOf(String user) {
        return sessions.values().stream()
                .filter(each -> each.session().user().equals(user))
                .toList();
    }

    /** How many of a user's sessions there are on other nodes. */
    synchronized int sessionCount(String user) {
        return nodesOf(user).stream()
                .mapToInt(node -> node.users().getOrDefault(user, 0))
                .sum();
    }

    int sessionCount() {
        return sessions.size();
    }

    synchronized List<ClusterNode> nodes() {
        return nodes.values().stream()
                .filter(RemoteNode::isKnown)
                .map(RemoteNode::view)
                .sorted(Comparator.comparing(ClusterNode::name).thenComparing(ClusterNode::id))
                .toList();
    }

    /** The node that sent something just now. */
    synchronized RemoteNode heard(UUID id) {
        RemoteNode node = nodes.computeIfAbsent(id, same -> new RemoteNode(id, outboxes.apply(id), clock.instant()));
        node.heard(clock.instant());
        return node;
    }

    synchronized void beat(RemoteNode node, ClusterFrame.Beat beat) {
        Set<String> before = node.logics();
        boolean isNew = !node.isKnown();
        if (!node.beats(beat)) {
            return;
        }
        if (isNew) {
            watcher.came(node);
        }
        // Only the difference: those who look a logic up meanwhile must find what was there before and still is.
        before.stream().filter(name -> !beat.logics().contains(name)).forEach(name -> remove(logics, name, node));
        beat.logics().stream().filter(name -> !before.contains(name)).forEach(name -> add(logics, name, node));
        if (beat.version() != node.version() && !isPatient(node)) {
            ask(node);
        }
    }

    private boolean isPatient(RemoteNode node) {
        return node.isAsked() && clock.instant().isBefore(node.askedAt().plus(PATIENCE));
    }

    private void ask(RemoteNode node) {
        node.asks(clock.instant());
        watcher.incomplete(node);
    }

    /** A change of the node's sessions: {@link ClusterFrame.Joined} or {@link ClusterFrame.Left}. */
    synchronized void change(RemoteNode node, ClusterFrame change) {
        if (node.isAsked()) {
            if (!node.keep(change)) {
                ask(node);
            }
        } else if (!apply(node, change)) {
            ask(node);
        }
    }

    /** False if another change is missing before it. */
    private boolean apply(RemoteNode node, ClusterFrame change) {
        long version = change instanceof ClusterFrame.Joined joined
                ? joined.version()
                : ((ClusterFrame.Left) change).version();
        if (version <= node.version()) {
            return true;
        }
        if (version != node.version() + 1) {
            return false;
        }
        node.version(version);
        switch (change) {
            case ClusterFrame.Joined joined -> put(node, joined.session());
            case ClusterFrame.Left left -> remove(node, left.session());
            default -> throw new IllegalStateException("no change of sessions: " + change);
        }
        return true;
    }

    synchronized void touched(RemoteNode node, Map<UUID, Instant> at) {
        at.forEach((id, time) -> {
            SessionInfo known = node.sessions().get(id);
            if (known != null) {
                put(node, known.withLastMessageAt(time));
            }
        });
    }

    /** A part of all sessions of a node. Parts that nobody asked for, or of an earlier answer, are of no use. */
    synchronized void arrived(RemoteNode node, ClusterFrame.Sessions part) {
        if (!node.isAsked()) {
            return;
        }
        if (part.first()) {
            node.arriving().clear();
        }
        part.sessions().forEach(session -> node.arriving().put(session.id(), session));
        if (part.last()) {
            complete(node, part.version());
        }
    }

    private void complete(RemoteNode node, long version) {
        Map<UUID, SessionInfo> all = new LinkedHashMap<>(node.arriving());
        List<ClusterFrame> changes = node.arrived(version);
        for (UUID known : List.copyOf(node.sessions().keySet())) {
            if (!all.containsKey(known)) {
                remove(node, known);
            }
        }
        all.values().forEach(session -> put(node, session));
        for (ClusterFrame change : changes) {
            if (!apply(node, change)) {
                ask(node);
                return;
            }
        }
    }

    private void put(RemoteNode node, SessionInfo session) {
        sessions.put(session.id(), new Located(node, session));
        if (node.sessions().put(session.id(), session) == null
                && node.users().merge(session.user(), 1, Integer::sum) == 1) {
            add(users, session.user(), node);
            watcher.appeared(session.user(), node);
        }
    }

    private void remove(RemoteNode node, UUID id) {
        SessionInfo removed = node.sessions().remove(id);
        if (removed == null) {
            return;
        }
        // It may have gone to another node meanwhile, under the same id.
        sessions.computeIfPresent(id, (same, located) -> located.node() == node ? null : located);
        if (node.users().merge(removed.user(), -1, Integer::sum) == 0) {
            node.users().remove(removed.user());
            remove(users, removed.user(), node);
        }
    }

    private static void add(Map<String, List<RemoteNode>> index, String name, RemoteNode node) {
        index.merge(name, List.of(node), (known, added) -> {
            List<RemoteNode> more = new ArrayList<>(known);
            more.add(node);
            return List.copyOf(more);
        });
    }

    private static void remove(Map<String, List<RemoteNode>> index, String name, RemoteNode node) {
        index.computeIfPresent(name, (same, known) -> {
            List<RemoteNode> less = known.stream().filter(each -> each != node).toList();
            return less.isEmpty() ? null : less;
        });
    }

    /** Forgets the nodes of which nothing was heard for as long as a lease. */
    synchronized void expire() {
        Instant now = clock.instant();
        for (RemoteNode node : List.copyOf(nodes.values())) {
            if (node.heardAt().isAfter(now)) {
                // The clock was set back.
                node.heard(now);
            } else if (!node.heardAt().plus(lease).isAfter(now)) {
                gone(node);
            }
        }
    }

    /** The node ended. */
    synchronized void gone(RemoteNode node) {
        if (!nodes.remove(node.id(), node)) {
            return;
        }
        List.copyOf(node.sessions().keySet()).forEach(id -> remove(node, id));
        node.logics().forEach(name -> remove(logics, name, node));
        watcher.gone(node);
    }
}
