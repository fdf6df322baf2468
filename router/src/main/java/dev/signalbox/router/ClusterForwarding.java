package dev.signalbox.router;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Takes one message to those of its targets that are on other nodes: once to each node, whatever the number of targets there. For one thread. */
final class ClusterForwarding {
    private final ClusterMember member;
    private final Message message;
    private final Map<RemoteNode, List<Address>> byNode = new LinkedHashMap<>();
    private final Set<Address> takenHere = new HashSet<>();

    ClusterForwarding(ClusterMember member, Message message) {
        this.member = member;
        this.message = message;
    }

    /**
     * Adds a target, if it is elsewhere, too.
     *
     * @param here what came of it on this node; null if it took the message
     * @return the same, but null if another node may have the target
     */
    @Nullable
    RouteError add(Address target, @Nullable RouteError here) {
        if (here == null) {
            takenHere.add(target);
        }
        return switch (target) {
            case Address.Client client -> toNodes(target, member.registry().nodesOf(client.id()), here);
            case Address.Session session -> here == null ? null : toNodes(target, nodeOf(session), here);
            case Address.Topic topic ->
                here == null ? member.carrier().publish(topic, message, Optional.empty()) : here;
            case Address.All _ -> here == null ? member.carrier().toAll(message) : here;
            case Address.Logic _ -> here;
        };
    }

    private List<RemoteNode> nodeOf(Address.Session session) {
        ClusterRegistry.Located located = member.registry().session(session.id());
        return located == null ? List.of() : List.of(located.node());
    }

    private @Nullable RouteError toNodes(Address target, List<RemoteNode> nodes, @Nullable RouteError here) {
        String refusal = member.sender().refusal();
        if (refusal != null) {
            return here == null || !isUnknown(here) ? here : RouteError.unreachable(target, where(nodes), refusal);
        }
        for (RemoteNode node : nodes) {
            byNode.computeIfAbsent(node, same -> new ArrayList<>()).add(target);
        }
        return nodes.isEmpty() ? here : null;
    }

    private static boolean isUnknown(RouteError error) {
        return error.code() == ErrorCode.UNKNOWN_CLIENT;
    }

    private static String where(List<RemoteNode> nodes) {
        return nodes.isEmpty() ? "another node" : "node " + nodes.getFirst();
    }

    /** How many sessions there are elsewhere. */
    int sessions() {
        return member.registry().sessionCount();
    }

    /** Sends it off. What cannot be sent to a target that did not take it here stands in the outcome. */
    void send(Outcome outcome) {
        if (byNode.isEmpty()) {
            return;
        }
        if (message.intent() instanceof Intent.Ask) {
            member.waits().asked(message, byNode.keySet(), !takenHere.isEmpty());
        }
        byNode.forEach((node, targets) -> member.carrier().carry(node, message.withTargets(targets)).stream()
                .filter(error -> error.target().filter(takenHere::contains).isEmpty())
                .forEach(outcome::add));
    }
}
