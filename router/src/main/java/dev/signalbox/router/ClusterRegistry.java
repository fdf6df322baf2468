package dev.signalbox.router;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
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

    /** Is told what changed; called under the monitor, so it must be quick and only offers frames. */
    interface Watcher {
        /** The node gave its first sign of life. */
        void came(RemoteNode node);

        /** All sessions of the node are needed. */
        void incomplete(RemoteNode node);

        /** A user has a session on a node where they had none. */
        void appeared(String user, RemoteNode node);

        /** These sessions are on no other node any more, and did not go to this one as far as is known here. */
        void ended(List<Address.Session> sessions);

        /** The node ended, or nothing was heard of it for too long; nothing of it is in the registry any more. */
        void gone(RemoteNode node);
    }

    /** A session of another node. */
    record Located(RemoteNode node, SessionInfo session) {}

    /** A session that left its node for another, and since when it is on its way. */
    private record Moving(Address.Session session, Instant since) {}

    private final InstantSource clock;
    private final Duration lease;
    private final Function<UUID, ClusterOutbox> outboxes;
    private final Watcher watcher;
    private final Map<UUID, RemoteNode> nodes = new ConcurrentHashMap<>();
    private final Map<String, List<RemoteNode>> users = new ConcurrentHashMap<>();
    private final Map<String, List<RemoteNode>> logics = new ConcurrentHashMap<>();
    private final Map<UUID, Located> sessions = new ConcurrentHashMap<>();
    private final Map<UUID, Moving> moving = new HashMap<>();

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

    synchronized List<Located> sessionsOf(String user) {
        List<Located> found = new ArrayList<>();
        for (RemoteNode node : nodesOf(user)) {
            for (UUID id : node.users().getOrDefault(user, List.of())) {
                Located located = sessions.get(id);
                if (located != null && located.node() == node) {
                    found.add(located);
                }
            }
        }
        return found;
    }

    /** How many of a user's sessions there are on other nodes. */
    synchronized int sessionCount(String user) {
        return nodesOf(user).stream()
                .mapToInt(node -> node.users().getOrDefault(user, List.of()).size())
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
        RemoteNode node = nodes.computeIfAbsent(
                id, same -> new RemoteNode(id, outboxes.apply(id), clock.instant(), this::copyOf));
        node.heard(clock.instant());
        return node;
    }

    private ClusterCopy<SessionInfo, ClusterFrame> copyOf(RemoteNode node) {
        return new ClusterCopy<>(clock, new ClusterCopy.Keeper<SessionInfo, ClusterFrame>() {
            @Override
            public void apply(ClusterFrame change) {
                change(node, change);
            }

            @Override
            public void replace(List<SessionInfo> all) {
                ClusterRegistry.this.replace(node, all);
            }

            @Override
            public void ask() {
                watcher.incomplete(node);
            }
        });
    }

    synchronized void beat(RemoteNode node, ClusterFrame.Beat beat) {
        Set<String> before = node.logics();
        boolean isNew = !node.isKnown();
        if (isForgotten(node) || !node.beats(beat)) {
            return;
        }
        if (isNew) {
            watcher.came(node);
        }
        // Only the difference: those who look a logic up meanwhile must find what was there before and still is.
        before.stream().filter(name -> !beat.logics().contains(name)).forEach(name -> remove(logics, name, node));
        beat.logics().stream().filter(name -> !before.contains(name)).forEach(name -> add(logics, name, node));
        node.copy().told(beat.version());
    }

    /** Whether the node is still there. */
    boolean knows(RemoteNode node) {
        return node.equals(nodes.get(node.id()));
    }

    /** Race: its lease may have ended since it was {@link #heard}. What it has is asked for when it is heard again. */
    private boolean isForgotten(RemoteNode node) {
        return !knows(node);
    }

    synchronized void joined(RemoteNode node, ClusterFrame.Joined joined) {
        if (!isForgotten(node)) {
            node.copy().changed(joined.version(), joined);
        }
    }

    synchronized void left(RemoteNode node, ClusterFrame.Left left) {
        if (isForgotten(node)) {
            return;
        }
        boolean isKnown = node.sessions().containsKey(left.session().id());
        node.copy().changed(left.version(), left);
        if (!isKnown) {
            // It may have sent messages to logic of this node, which came before the node told that it was there.
            left(left.session(), left.moves());
        }
    }

    private void change(RemoteNode node, ClusterFrame change) {
        switch (change) {
            case ClusterFrame.Joined joined -> put(node, joined.session());
            case ClusterFrame.Left left -> {
                remove(node, left.session().id());
                left(left.session(), left.moves());
            }
            default -> throw new IllegalStateException("no change of sessions: " + change);
        }
    }

    synchronized void touched(RemoteNode node, Map<UUID, Instant> at) {
        at.forEach((id, time) -> {
            SessionInfo known = node.sessions().get(id);
            if (known != null) {
                put(node, known.withLastMessageAt(time));
            }
        });
    }

    /** A part of all sessions of a node. */
    synchronized void arrived(RemoteNode node, ClusterCopy.Part<SessionInfo> part) {
        if (!isForgotten(node)) {
            node.copy().arrived(part);
        }
    }

    private void replace(RemoteNode node, List<SessionInfo> sessionsNow) {
        Map<UUID, SessionInfo> all = new LinkedHashMap<>();
        sessionsNow.forEach(session -> all.put(session.id(), session));
        for (SessionInfo known : List.copyOf(node.sessions().values())) {
            if (!all.containsKey(known.id())) {
                remove(node, known.id());
                // What it left for was not told, or has been missed: so it may be on its way to another node.
                left(known.address(), true);
            }
        }
        all.values().forEach(session -> put(node, session));
    }

    private void put(RemoteNode node, SessionInfo session) {
        sessions.put(session.id(), new Located(node, session));
        moving.remove(session.id());
        if (node.sessions().put(session.id(), session) != null) {
            return;
        }
        List<UUID> ids = node.users().merge(session.user(), List.of(session.id()), ClusterRegistry::both);
        if (ids.size() == 1) {
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
        List<UUID> left = node.users().computeIfPresent(removed.user(), (user, ids) -> without(ids, id));
        if (left == null) {
            remove(users, removed.user(), node);
        }
    }

    private static <T> List<T> both(List<T> some, List<T> more) {
        List<T> all = new ArrayList<>(some);
        all.addAll(more);
        return List.copyOf(all);
    }

    /** Null if nothing is left. */
    private static <T> @Nullable List<T> without(List<T> some, T one) {
        List<T> less = some.stream().filter(each -> !each.equals(one)).toList();
        return less.isEmpty() ? null : less;
    }

    private static void add(Map<String, List<RemoteNode>> index, String name, RemoteNode node) {
        index.merge(name, List.of(node), ClusterRegistry::both);
    }

    private static void remove(Map<String, List<RemoteNode>> index, String name, RemoteNode node) {
        index.computeIfPresent(name, (same, known) -> without(known, node));
    }

    /** A session left its node, also this one. If it moves, it has not ended unless no node has it within a lease. */
    synchronized void left(Address.Session session, boolean moves) {
        if (sessions.containsKey(session.id())) {
            return;
        }
        if (moves) {
            moving.put(session.id(), new Moving(session, clock.instant()));
        } else {
            watcher.ended(List.of(session));
        }
    }

    /** Forgets the nodes of which nothing was heard for as long as a lease, and sessions that were lost on their way. */
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
        List<Address.Session> lost = moving.values().stream()
                .filter(each -> !each.since().plus(lease).isAfter(now))
                .map(Moving::session)
                .toList();
        if (!lost.isEmpty()) {
            lost.forEach(session -> moving.remove(session.id()));
            watcher.ended(lost);
        }
    }

    /** The node ended. */
    synchronized void gone(RemoteNode node) {
        if (!nodes.remove(node.id(), node)) {
            return;
        }
        List<SessionInfo> had = List.copyOf(node.sessions().values());
        had.forEach(session -> remove(node, session.id()));
        node.logics().forEach(name -> remove(logics, name, node));
        watcher.gone(node);
        List<Address.Session> ended = had.stream()
                .filter(session -> !sessions.containsKey(session.id()))
                .map(SessionInfo::address)
                .toList();
        if (!ended.isEmpty()) {
            watcher.ended(ended);
        }
    }
}
