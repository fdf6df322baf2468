package dev.signalbox.router;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Carries messages to the nodes that have their targets, and tells their senders if one does not arrive after all. Thread-safe; nothing here
 * blocks.
 */
final class ClusterCarrier {
    private final ClusterParts parts;
    private final ClusterRegistry registry;
    private final ClusterSender sender;
    private final ClusterWaits waits;

    ClusterCarrier(ClusterParts parts, ClusterRegistry registry, ClusterSender sender, ClusterWaits waits) {
        this.parts = parts;
        this.registry = registry;
        this.sender = sender;
        this.waits = waits;
    }

    /** Carries a message to targets of one node; the errors of those that it cannot be carried to. */
    List<RouteError> carry(RemoteNode node, Message message) {
        return sender.carry(
                node,
                new ClusterFrame.Carry(message),
                message.targets(),
                failure -> notCarried(node, message, failure));
    }

    private void notCarried(RemoteNode node, Message message, ClusterLinkException failure) {
        String why = String.valueOf(failure.getMessage());
        List<RouteError> errors = message.targets().stream()
                .map(target -> RouteError.unreachable(target, "node " + node, why))
                .toList();
        if (message.intent() instanceof Intent.Ask) {
            ClusterMember.aside(() -> waits.unanswered(message.id(), node, errors.getFirst()));
        } else {
            refused(message.id(), message.origin(), errors);
        }
    }

    /** Tells the sender of a message that it did not arrive after all. */
    void refused(UUID message, Optional<Address.Session> origin, List<RouteError> errors) {
        LiveSession session =
                origin.map(from -> parts.users().session(from.id())).orElse(null);
        for (RouteError error : errors) {
            parts.listener().refused(message, error);
            if (session != null) {
                session.attachment().connection().refused(message, error);
            }
        }
    }

    /** Carries a message to a logic that this node does not have. */
    @Nullable
    RouteError toLogic(Address.Logic logic, Message message) {
        RemoteNode node = choose(registry.nodesWith(logic.name()), message);
        String refusal = sender.refusal();
        if (refusal != null) {
            return RouteError.unreachable(logic, node == null ? "another node" : "node " + node, refusal);
        }
        if (node == null) {
            return RouteError.unknownLogic(logic);
        }
        if (message.intent() instanceof Intent.Ask) {
            waits.asked(message, List.of(node), false);
        }
        return carry(node, message.withTargets(List.of(logic))).stream()
                .findFirst()
                .orElse(null);
    }

    /**
     * The node that runs a logic for this sender: always the same one, so that its messages stay in order, while senders spread over all. If a node
     * comes or goes, only its share moves (rendezvous hashing; Thaler and Ravishankar, 1998).
     */
    private static @Nullable RemoteNode choose(List<RemoteNode> nodes, Message message) {
        Address from = message.replyTo();
        return nodes.stream()
                .max(Comparator.comparing((RemoteNode node) -> !node.isDraining())
                        .thenComparingLong(node -> weight(from, node)))
                .orElse(null);
    }

    /** The finalizer of MurmurHash3 by Austin Appleby: close inputs have far results. */
    private static long weight(Address from, RemoteNode node) {
        long mixed = (from.hashCode() * 0x9E3779B97F4A7C15L) ^ node.id().getLeastSignificantBits();
        mixed = (mixed ^ (mixed >>> 33)) * 0xFF51AFD7ED558CCDL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xC4CEB9FE1A85EC53L;
        return mixed ^ (mixed >>> 33);
    }

    @Nullable
    RouteError toAll(Message message) {
        Message all = message.targets().size() == 1 ? message : message.withTargets(List.of(Address.ALL));
        return sender.carryToAll(
                        all,
                        failure -> refused(
                                message.id(),
                                message.origin(),
                                List.of(RouteError.unreachable(
                                        Address.ALL, "other nodes", String.valueOf(failure.getMessage())))))
                .orElse(null);
    }

    /** Publishes to subscribers on other nodes what was published here; what has its place in a shared history is told with that. */
    @Nullable
    RouteError publish(Address.Topic topic, Message message, Optional<String> key) {
        if (parts.topics().isShared(topic.name())) {
            return null;
        }
        Message one = message.targets().size() == 1 ? message : message.withTargets(List.of(topic));
        return sender.publish(new ClusterFrame.Publish(topic.name(), key, one), failure -> refused(topic, one, failure))
                .orElse(null);
    }

    /** The same for what is not kept. */
    @Nullable
    RouteError publishVolatile(Address.Topic topic, Message message) {
        return sender.publishVolatile(
                        new ClusterFrame.PublishVolatile(topic.name(), message),
                        failure -> refused(topic, message, failure))
                .orElse(null);
    }

    private void refused(Address.Topic topic, Message message, ClusterLinkException failure) {
        refused(
                message.id(),
                message.origin(),
                List.of(RouteError.unreachable(topic, "other nodes", String.valueOf(failure.getMessage()))));
    }

    /** Closes a user's connections on other nodes. False if none is known. */
    boolean disconnect(String user, CloseReason reason) {
        List<RemoteNode> nodes = registry.nodesOf(user);
        nodes.forEach(node -> sender.tell(node, new ClusterFrame.Disconnect(Address.client(user), reason)));
        return !nodes.isEmpty() && sender.refusal() == null;
    }

    /** Closes the connection of one session of another node. False if it is not known. */
    boolean disconnect(UUID session, CloseReason reason) {
        ClusterRegistry.Located located = registry.session(session);
        return located != null
                && tell(located, new ClusterFrame.Disconnect(located.session().address(), reason));
    }

    /** Wishes that a session of another node subscribes to a topic, or not any more. False if it is not known. */
    boolean subscribe(UUID session, String topic, boolean wanted) {
        ClusterRegistry.Located located = registry.session(session);
        return located != null
                && tell(located, new ClusterFrame.Subscribe(located.session().address(), topic, wanted));
    }

    private boolean tell(ClusterRegistry.Located located, ClusterFrame wish) {
        sender.tell(located.node(), wish);
        return sender.refusal() == null;
    }
}
