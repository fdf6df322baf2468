package dev.signalbox.server.clients;

import dev.signalbox.router.Cluster;
import dev.signalbox.router.ClusterNode;
import dev.signalbox.router.Router;
import dev.signalbox.router.SessionInfo;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** The sessions of one client on all nodes. Thread-safe. */
record ClientSessions(Router router) {

    /** A session; {@code node} is the name of the one that it is on, in a cluster, and {@code topics} is empty if that is another. */
    record Located(SessionInfo session, Optional<String> node, Optional<List<String>> topics) {}

    /** Those of this node first. */
    List<Located> of(String client) {
        Optional<String> self =
                router.cluster().map(cluster -> cluster.nodes().getFirst().name());
        List<Located> all = new ArrayList<>();
        Set<UUID> known = new HashSet<>();
        for (SessionInfo session : router.sessions(client)) {
            known.add(session.id());
            all.add(new Located(session, self, Optional.of(router.subscriptions(session.id()))));
        }
        router.cluster().ifPresent(cluster -> all.addAll(elsewhere(cluster, client, known)));
        return all;
    }

    /** Without those that have just come here. */
    private static List<Located> elsewhere(Cluster cluster, String client, Set<UUID> known) {
        Map<UUID, String> names =
                cluster.nodes().stream().collect(Collectors.toMap(ClusterNode::id, ClusterNode::name));
        return cluster.elsewhere(client).stream()
                .filter(each -> !known.contains(each.session().id()))
                .map(each -> new Located(each.session(), Optional.ofNullable(names.get(each.node())), Optional.empty()))
                .toList();
    }

    /** The ids of all, or of the one that is named if it is among them. */
    List<UUID> ids(String client, Optional<UUID> one) {
        return of(client).stream()
                .map(each -> each.session().id())
                .filter(each -> one.isEmpty() || one.get().equals(each))
                .toList();
    }
}
