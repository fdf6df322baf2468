package dev.signalbox.router;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Who is in topics with presence, on all nodes. Thread-safe; nothing here blocks.
 *
 * <p>As with publications, topics share partitions, and a node follows those that it has topics in. Each node numbers the changes of its own
 * presence in each partition and tells them on the partition's channel; with each heartbeat it tells how many there were. Who begins to follow a
 * partition, or misses a change, asks for all, as {@link ClusterCopy} does. A user counts once for each node that has them: so they leave with
 * the last one, and a node that dies takes its users with it.
 *
 * <p>Locks are taken from a topic, and from {@link TopicPresences}, to this, and from this to a {@link TopicPresence}, never the other way.
 */
final class ClusterPresence implements TopicPresence.Others {

    /** What this node has told of one partition. */
    private static final class Own {
        private long version;
        private final Set<ClusterFrame.Present> users = new LinkedHashSet<>();
    }

    /** What another node has told of one partition. */
    private final class Theirs implements ClusterCopy.Keeper<ClusterFrame.Present, ClusterFrame.PresenceChanged> {
        private final PresenceQuestions questions;
        private final int partition;
        private final Map<String, Set<String>> usersByTopic = new HashMap<>();
        private final ClusterCopy<ClusterFrame.Present, ClusterFrame.PresenceChanged> copy =
                new ClusterCopy<>(clock, this);
        /** False while its users were there before this node followed the partition: they did not come just now. */
        private boolean isNews;

        private Theirs(PresenceQuestions questions, int partition, boolean isNews) {
            this.questions = questions;
            this.partition = partition;
            this.isNews = isNews;
        }

        @Override
        public void ask() {
            questions.ask(partition);
        }

        @Override
        public void apply(ClusterFrame.PresenceChanged change) {
            if (change.came()) {
                add(change.user(), true);
            } else {
                remove(change.user());
            }
        }

        @Override
        public void replace(List<ClusterFrame.Present> all) {
            Set<ClusterFrame.Present> now = Set.copyOf(all);
            everybody().stream().filter(each -> !now.contains(each)).forEach(this::remove);
            now.forEach(each -> add(each, isNews));
            isNews = true;
        }

        private void add(ClusterFrame.Present present, boolean isTold) {
            boolean isNew = usersByTopic
                    .computeIfAbsent(present.topic(), same -> new HashSet<>())
                    .add(present.user());
            TopicPresence topic = topics.get(present.topic());
            if (isNew && topic != null) {
                topic.joinOnNode(present.user(), isTold);
            }
        }

        private void remove(ClusterFrame.Present present) {
            Set<String> users = users(present.topic());
            if (!users.contains(present.user())) {
                return;
            }
            users.remove(present.user());
            if (users.isEmpty()) {
                usersByTopic.remove(present.topic());
            }
            TopicPresence topic = topics.get(present.topic());
            if (topic != null) {
                topic.leaveOnNode(present.user());
            }
        }

        private Set<String> users(String topic) {
            return usersByTopic.getOrDefault(topic, Set.of());
        }

        private List<ClusterFrame.Present> everybody() {
            List<ClusterFrame.Present> all = new ArrayList<>();
            usersByTopic.forEach(
                    (topic, users) -> users.forEach(user -> all.add(new ClusterFrame.Present(topic, user))));
            return all;
        }

        /** The node is gone, or the partition is not followed any more. */
        private void end() {
            everybody().forEach(this::remove);
            questions.ended(partition);
        }

        private void tell(RemoteNode node) {
            copy.asks();
            sender.tell(node, new ClusterFrame.AskPresence(partition, copy.version()));
        }
    }

    /** Somebody who waits until all nodes have told of a partition. */
    private record Awaited(int partition, CompletableFuture<Boolean> known) {}

    private final InstantSource clock;
    private final ClusterSender sender;
    private final Map<Integer, Own> own = new HashMap<>();
    /** The partitions that this node follows, once that is confirmed. */
    private final Map<Integer, Map<RemoteNode, Theirs>> followed = new HashMap<>();

    private final Map<RemoteNode, PresenceQuestions> nodes = new LinkedHashMap<>();
    private final Map<String, TopicPresence> topics = new HashMap<>();
    private final Set<Awaited> awaited = new LinkedHashSet<>();

    ClusterPresence(InstantSource clock, ClusterSender sender) {
        this.clock = clock;
        this.sender = sender;
    }

    @Override
    public synchronized void joined(String topic, String user) {
        Own told = own.computeIfAbsent(ClusterInterest.partition(topic), same -> new Own());
        ClusterFrame.Present present = new ClusterFrame.Present(topic, user);
        told.users.add(present);
        sender.tellTopic(topic, new ClusterFrame.PresenceChanged(++told.version, present, true));
    }

    @Override
    public synchronized void left(String topic, String user) {
        Own told = own.computeIfAbsent(ClusterInterest.partition(topic), same -> new Own());
        ClusterFrame.Present present = new ClusterFrame.Present(topic, user);
        told.users.remove(present);
        sender.tellTopic(topic, new ClusterFrame.PresenceChanged(++told.version, present, false));
    }

    @Override
    public synchronized void watches(String topic, TopicPresence presence) {
        topics.put(topic, presence);
        followed.getOrDefault(ClusterInterest.partition(topic), Map.of())
                .values()
                .forEach(theirs -> theirs.users(topic).forEach(user -> presence.joinOnNode(user, false)));
    }

    @Override
    public synchronized void forgets(String topic) {
        topics.remove(topic);
    }

    /** By partition, how many changes this node has told. */
    synchronized Map<Integer, Long> versions() {
        Map<Integer, Long> versions = new HashMap<>();
        own.forEach((partition, told) -> versions.put(partition, told.version));
        return versions;
    }

    /** What other nodes publish in a partition comes here from now on. */
    synchronized void follows(int partition) {
        if (!followed.containsKey(partition)) {
            Map<RemoteNode, Theirs> all = new HashMap<>();
            followed.put(partition, all);
            nodes.forEach((node, questions) -> all.put(node, new Theirs(questions, partition, false)));
            all.values().forEach(theirs -> theirs.copy.ask());
        }
        tellKnown();
    }

    /** The partition has no topic of this node any more. */
    synchronized void leaves(int partition) {
        Map<RemoteNode, Theirs> all = followed.remove(partition);
        if (all != null) {
            all.values().forEach(Theirs::end);
        }
        tellKnown();
    }

    synchronized void came(RemoteNode node) {
        PresenceQuestions questions = new PresenceQuestions(partition -> ask(node, partition));
        nodes.put(node, questions);
        followed.forEach((partition, all) -> {
            Theirs theirs = new Theirs(questions, partition, true);
            all.put(node, theirs);
            theirs.copy.ask();
        });
    }

    private void ask(RemoteNode node, int partition) {
        Theirs theirs = followed.getOrDefault(partition, Map.of()).get(node);
        if (theirs != null) {
            theirs.tell(node);
        }
    }

    synchronized void gone(RemoteNode node) {
        nodes.remove(node);
        List<Theirs> ended = followed.values().stream()
                .map(all -> all.remove(node))
                .filter(Objects::nonNull)
                .toList();
        ended.forEach(Theirs::end);
        tellKnown();
    }

    /** A node tells how many changes it has told so far. */
    synchronized void beat(RemoteNode node, Map<Integer, Long> versions) {
        followed.forEach((partition, all) -> {
            Theirs theirs = all.get(node);
            if (theirs != null) {
                theirs.copy.toldApart(versions.getOrDefault(partition, 0L));
            }
        });
    }

    /** Changes in a partition may be missing, of whichever node: they need not wait for the signs of life that would show it. */
    synchronized void missed(int partition) {
        followed.getOrDefault(partition, Map.of()).values().forEach(theirs -> theirs.copy.missed());
    }

    /** The same of one node. */
    synchronized void missed(RemoteNode node, int partition) {
        Theirs theirs = followed.getOrDefault(partition, Map.of()).get(node);
        if (theirs != null) {
            theirs.copy.missed();
        }
    }

    /** The link is back: what was asked for while it was down was not carried. */
    synchronized void askAgain() {
        followed.values().stream()
                .flatMap(all -> all.values().stream())
                .filter(theirs -> !theirs.copy.isComplete())
                .forEach(theirs -> theirs.copy.ask());
    }

    synchronized void changed(RemoteNode node, ClusterFrame.PresenceChanged change) {
        int partition = ClusterInterest.partition(change.user().topic());
        Theirs theirs = followed.getOrDefault(partition, Map.of()).get(node);
        if (theirs != null) {
            theirs.copy.changed(change.version(), change);
        }
    }

    synchronized void arrived(RemoteNode node, ClusterFrame.Presence presence) {
        Theirs theirs = followed.getOrDefault(presence.partition(), Map.of()).get(node);
        if (theirs != null) {
            theirs.copy.arrived(presence.part());
            answered(theirs);
        }
    }

    /** The node has nothing new in a partition. */
    synchronized void unchanged(RemoteNode node, ClusterFrame.PresenceUnchanged same) {
        Theirs theirs = followed.getOrDefault(same.partition(), Map.of()).get(node);
        if (theirs != null) {
            theirs.copy.unchanged(same.version());
            answered(theirs);
        }
    }

    private void answered(Theirs theirs) {
        if (theirs.copy.isComplete()) {
            theirs.questions.ended(theirs.partition);
            tellKnown();
        }
    }

    /** Tells a node all of this one's presence in a partition, unless it knows that. */
    synchronized void asked(RemoteNode node, int partition, long known) {
        Own told = own.getOrDefault(partition, new Own());
        if (told.version == known) {
            sender.tell(node, new ClusterFrame.PresenceUnchanged(partition, known));
            return;
        }
        sender.tell(
                node,
                "presence." + partition,
                new ClusterPages<>(
                        told.version,
                        told.users,
                        each -> each.topic().length() + each.user().length(),
                        part -> new ClusterFrame.Presence(partition, part)));
    }

    /**
     * Completes with true once all nodes have told who is in a topic, and with false at once if they cannot be reached. To be completed by the caller
     * if it takes too long.
     */
    synchronized CompletableFuture<Boolean> known(String topic) {
        int partition = ClusterInterest.partition(topic);
        boolean isUp = sender.isUp();
        if (!isUp || isKnown(partition)) {
            return CompletableFuture.completedFuture(isUp);
        }
        Awaited one = new Awaited(partition, new CompletableFuture<>());
        awaited.add(one);
        var _ = one.known().whenComplete((done, failure) -> forget(one));
        return one.known();
    }

    private synchronized void forget(Awaited one) {
        awaited.remove(one);
    }

    private boolean isKnown(int partition) {
        Map<RemoteNode, Theirs> all = followed.get(partition);
        return all != null && all.values().stream().allMatch(theirs -> theirs.copy.isComplete());
    }

    /** On another thread: those who wait may do anything. */
    private void tellKnown() {
        List<CompletableFuture<Boolean>> known = awaited.stream()
                .filter(each -> isKnown(each.partition()))
                .map(Awaited::known)
                .toList();
        if (!known.isEmpty()) {
            Thread.ofVirtual().name("presence-known").start(() -> known.forEach(each -> each.complete(true)));
        }
    }
}
