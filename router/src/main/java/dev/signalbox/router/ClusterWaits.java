package dev.signalbox.router;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What this node's senders wait for, and other nodes have to answer: replies and acknowledgements. Thread-safe. Its size is bounded by
 * what may wait for replies and acknowledgements at all.
 */
final class ClusterWaits {

    /** A request that was put to other nodes. {@code alsoHere} if somebody on this node may answer it, too. */
    private record Asked(Address target, Set<RemoteNode> nodes, boolean alsoHere) {}

    /** A message that waits to be acknowledged. {@code nodes} are those that it was carried to. */
    private record Confirmed(Message message, Set<RemoteNode> nodes) {
        Address target() {
            return message.targets().getFirst();
        }
    }

    private final ClusterRegistry registry;
    private final ClusterSender sender;
    private final Requests requests;
    private final Acknowledgements acknowledgements;
    private final Map<UUID, Asked> asked = new ConcurrentHashMap<>();
    private final Map<UUID, Confirmed> confirmed = new ConcurrentHashMap<>();
    private final Map<String, Set<UUID>> byUser = new ConcurrentHashMap<>();
    /** Carries what could not be carried, though the link is up: it was full, or the broker did not take it. */
    private final Backoff carryingLeft;

    ClusterWaits(ClusterRegistry registry, ClusterSender sender, ClusterParts parts) {
        this.registry = registry;
        this.sender = sender;
        this.requests = parts.requests();
        this.acknowledgements = parts.acknowledgements();
        this.carryingLeft = new Backoff(parts.clock(), parts.deadlines(), this::carryLeft);
        requests.answeredBy(this::isElsewhere);
    }

    /** A request is about to be carried to these nodes. */
    void asked(Message request, Collection<RemoteNode> nodes, boolean alsoHere) {
        Set<RemoteNode> all = ConcurrentHashMap.newKeySet();
        all.addAll(nodes);
        asked.put(request.id(), new Asked(request.targets().getFirst(), all, alsoHere));
    }

    /** Nobody on this node will answer a request: whether another node may. */
    private boolean isElsewhere(UUID request) {
        Asked left = asked.computeIfPresent(request, (same, found) -> new Asked(found.target(), found.nodes(), false));
        return left != null && !left.nodes().isEmpty();
    }

    /** The request does not wait any more; nodes that have not answered need not. */
    void endOf(UUID request) {
        Asked ended = asked.remove(request);
        if (ended != null) {
            forget(request, ended);
        }
    }

    private void forget(UUID request, Asked ended) {
        ended.nodes().forEach(node -> sender.tell(node, new ClusterFrame.Forget(request)));
    }

    /** A node has a reply; the others need not answer. */
    void answered(UUID request, RemoteNode node, Message reply) {
        Asked ended = asked.remove(request);
        if (ended != null) {
            requests.answered(request, reply);
            // Only now: before, another node that will not answer could be the last, and have the request fail.
            ended.nodes().remove(node);
            forget(request, ended);
        }
    }

    /** A node will not answer a request; if nobody else can, it has failed. */
    void unanswered(UUID request, RemoteNode node, RouteError error) {
        Asked found = asked.get(request);
        if (found == null || !found.nodes().remove(node)) {
            return;
        }
        // Race: isElsewhere may have put off its end for the sake of this node just before, so it is looked up again.
        Asked left = asked.get(request);
        if (left != null && left.nodes().isEmpty() && !left.alsoHere()) {
            requests.fail(request, error);
        }
    }

    /** Has a message acknowledged on other nodes that may also be here: where its user is now, and where they come until it ends. */
    void confirm(Message message, String user, CompletableFuture<AckResult> result) {
        Confirmed waiting = new Confirmed(message, ConcurrentHashMap.newKeySet());
        if (result.isDone() || confirmed.putIfAbsent(message.id(), waiting) != null) {
            // It has ended, or it joined one that waits.
            return;
        }
        byUser.compute(user, (same, known) -> {
            Set<UUID> ids = known == null ? ConcurrentHashMap.newKeySet() : known;
            ids.add(message.id());
            return ids;
        });
        var _ = result.whenComplete((ended, failure) -> end(waiting, user));
        carry(waiting);
    }

    private void carry(Confirmed waiting) {
        nodes(waiting.target()).forEach(node -> carry(waiting, node));
    }

    private List<RemoteNode> nodes(Address target) {
        if (target instanceof Address.Session session) {
            ClusterRegistry.Located located = registry.session(session.id());
            return located == null ? List.of() : List.of(located.node());
        }
        return target instanceof Address.Client client ? registry.nodesOf(client.id()) : List.of();
    }

    private void carry(Confirmed waiting, RemoteNode node) {
        if (!waiting.nodes().add(node)) {
            return;
        }
        acknowledgements.mayArrive(waiting.message().id());
        List<RouteError> errors = sender.carry(
                node,
                new ClusterFrame.Carry(waiting.message()),
                List.of(waiting.target()),
                failure -> notCarried(waiting, node));
        if (!errors.isEmpty()) {
            notCarried(waiting, node, errors.getFirst());
        }
    }

    /** What is too large stays so; what cannot be reached now may be later. Told aside, for the registry may be locked here. */
    private void notCarried(Confirmed waiting, RemoteNode node, RouteError error) {
        if (error.code() == ErrorCode.TOO_LARGE) {
            waiting.nodes().remove(node);
            AckResult rejected = new AckResult.Rejected(error);
            ClusterMember.aside(() -> acknowledgements.settle(waiting.message().id(), rejected));
        } else {
            notCarried(waiting, node);
        }
    }

    /** If the link is down, it is carried once that is back. */
    private void notCarried(Confirmed waiting, RemoteNode node) {
        waiting.nodes().remove(node);
        if (sender.isUp()) {
            carryingLeft.ask();
        }
    }

    private boolean carryLeft() {
        ClusterMember.aside(() -> confirmed.values().forEach(this::carry));
        return true;
    }

    /** Whether anything waits to be acknowledged. */
    boolean isWaiting() {
        return !confirmed.isEmpty();
    }

    private void end(Confirmed waiting, String user) {
        UUID id = waiting.message().id();
        confirmed.remove(id, waiting);
        byUser.computeIfPresent(user, (same, ids) -> {
            ids.remove(id);
            return ids.isEmpty() ? null : ids;
        });
        waiting.nodes().forEach(node -> sender.tell(node, new ClusterFrame.Forget(id)));
    }

    /** A node says how a message ended. */
    void settled(UUID message, RemoteNode node, Optional<RouteError> refusal) {
        Confirmed found = confirmed.get(message);
        if (found != null && found.nodes().remove(node)) {
            acknowledgements.settle(
                    message, refusal.<AckResult>map(AckResult.Rejected::new).orElseGet(AckResult.Acked::new));
        }
    }

    /** A user came to a node: what waits for them is carried there. */
    void appeared(String user, RemoteNode node) {
        for (UUID id : byUser.getOrDefault(user, Set.of())) {
            Confirmed found = confirmed.get(id);
            if (found != null && found.target() instanceof Address.Client) {
                carry(found, node);
            }
        }
    }

    /** The broker is back: what was carried may be lost, so it is carried again; a node that has it knows that by its id. */
    void carryAgain() {
        for (Confirmed waiting : confirmed.values()) {
            waiting.nodes().clear();
            carry(waiting);
        }
    }

    /** The same for one node, which has missed something, or whose answers were missed here. */
    void carryAgain(RemoteNode node) {
        for (Confirmed waiting : confirmed.values()) {
            if (waiting.nodes().remove(node)) {
                carry(waiting, node);
            }
        }
    }

    void gone(RemoteNode node) {
        asked.forEach((id, request) ->
                unanswered(id, node, RouteError.unreachable(request.target(), "node " + node, "the node is gone")));
        confirmed.values().forEach(waiting -> gone(waiting, node));
    }

    private void gone(Confirmed waiting, RemoteNode node) {
        if (waiting.nodes().remove(node) && waiting.target() instanceof Address.Session) {
            acknowledgements.settle(waiting.message().id(), new AckResult.Rejected(RouteError.gone(waiting.target())));
        }
    }
}
