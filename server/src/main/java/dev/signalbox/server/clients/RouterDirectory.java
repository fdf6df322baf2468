package dev.signalbox.server.clients;

import dev.signalbox.router.Cluster;
import dev.signalbox.router.ClusterNode;
import dev.signalbox.router.Router;
import dev.signalbox.router.SessionInfo;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The router's sessions, and those of the other nodes of its cluster, as the control plane shows them. */
record RouterDirectory(Router router) implements ClientDirectory {

    @Override
    public int connected() {
        return router.connected();
    }

    @Override
    public int total() {
        return router.cluster()
                .map(cluster ->
                        cluster.nodes().stream().mapToInt(ClusterNode::sessions).sum())
                .orElseGet(router::connected);
    }

    @Override
    public List<ConnectedClient> page(String prefix, Optional<String> after, int limit) {
        return Stream.concat(here(), elsewhere())
                .filter(client -> client.id().startsWith(prefix))
                .filter(client -> after.isEmpty() || client.place().compareTo(after.get()) > 0)
                .sorted(Comparator.comparing(ConnectedClient::place))
                .limit(limit)
                .toList();
    }

    private Stream<ConnectedClient> here() {
        Optional<String> node =
                router.cluster().map(cluster -> cluster.nodes().getFirst().name());
        return router.sessions().stream().map(session -> view(session, node));
    }

    private Stream<ConnectedClient> elsewhere() {
        return router.cluster().stream().flatMap(RouterDirectory::elsewhere);
    }

    private static Stream<ConnectedClient> elsewhere(Cluster cluster) {
        Map<UUID, String> names =
                cluster.nodes().stream().collect(Collectors.toMap(ClusterNode::id, ClusterNode::name));
        return cluster.elsewhere().stream()
                .map(each -> view(each.session(), Optional.ofNullable(names.get(each.node()))));
    }

    private static ConnectedClient view(SessionInfo session, Optional<String> node) {
        return new ConnectedClient(
                session.user(),
                session.id(),
                session.remoteAddress(),
                session.connectedAt(),
                Optional.of(session.lastMessageAt()),
                session.metadata(),
                session.connected(),
                node);
    }
}
