package dev.signalbox.router;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * Has what waits to be acknowledged carried again where something was missed: by this node to others, and by others to this one. A link that loses much
 * must not be given more to carry for each loss, so there is a {@link Backoff} for each node and direction, and one for all nodes. Thread-safe; nothing
 * here blocks.
 */
final class ClusterRepeats {
    /** {@code asking} has the node carry again, {@code carrying} does so for the node. */
    private record Pair(Backoff asking, Backoff carrying) {}

    private final ClusterParts parts;
    private final ClusterRegistry registry;
    private final ClusterSender sender;
    private final ClusterWaits waits;
    private final Map<RemoteNode, Pair> nodes = new ConcurrentHashMap<>();
    private final Backoff all;
    /** Whether something that others carried to this node was lost, or what it answered, and they are not told yet. */
    private final AtomicBoolean missesCarried = new AtomicBoolean();

    ClusterRepeats(ClusterParts parts, ClusterRegistry registry, ClusterSender sender, ClusterWaits waits) {
        this.parts = parts;
        this.registry = registry;
        this.sender = sender;
        this.waits = waits;
        this.all = backoff(this::repeatAll);
    }

    private Backoff backoff(BooleanSupplier work) {
        return new Backoff(parts.clock(), parts.deadlines(), work);
    }

    /** The link is back: what this node has carried may be lost, and so may answers to it. */
    void up() {
        all.ask();
    }

    /** Something that other nodes carried to this one, or was answered, may be lost; while the link is down, that is told once it is {@link #up}. */
    void lost() {
        missesCarried.set(true);
        if (sender.isUp()) {
            all.ask();
        }
    }

    private boolean repeatAll() {
        boolean missed = missesCarried.getAndSet(false);
        if (missed) {
            sender.tellAll(new ClusterFrame.CarryAgain());
        }
        boolean isWaiting = waits.isWaiting();
        if (isWaiting) {
            ClusterMember.aside(waits::carryAgain);
        }
        return missed || isWaiting;
    }

    /** Something that the node carried to this one, or answered, is missing. */
    void lost(RemoteNode node) {
        Pair pair = of(node);
        pair.asking().ask();
        pair.carrying().ask();
    }

    /** The node has missed something. */
    void wanted(RemoteNode node) {
        of(node).carrying().ask();
    }

    /** What this node answered did not get to the node: it is answered again once the node carries again. */
    void unanswered(RemoteNode node) {
        if (!sender.isUp()) {
            lost();
        } else if (registry.knows(node)) {
            of(node).asking().ask();
        }
    }

    private boolean askToCarry(RemoteNode node) {
        sender.tell(node, new ClusterFrame.CarryAgain(), () -> unanswered(node));
        return true;
    }

    private boolean carry(RemoteNode node) {
        boolean isWaiting = waits.isWaiting();
        if (isWaiting) {
            ClusterMember.aside(() -> waits.carryAgain(node));
        }
        return isWaiting;
    }

    private Pair of(RemoteNode node) {
        Pair pair = nodes.computeIfAbsent(
                node, same -> new Pair(backoff(() -> askToCarry(same)), backoff(() -> carry(same))));
        if (!registry.knows(node)) {
            nodes.remove(node); // Race: it may have gone just before, and nothing would end what was begun here.
        }
        return pair;
    }

    void gone(RemoteNode node) {
        nodes.remove(node);
    }
}
