package dev.signalbox.server.clients;

import dev.signalbox.router.Router;
import dev.signalbox.router.SessionInfo;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The router's sessions, as the control plane shows them. */
record RouterDirectory(Router router) implements ClientDirectory {

    @Override
    public int connected() {
        return router.connected();
    }

    @Override
    public List<ConnectedClient> page(String prefix, Optional<String> after, int limit) {
        return router.sessions().stream()
                .filter(session -> session.user().startsWith(prefix))
                .map(RouterDirectory::view)
                .filter(client -> after.isEmpty() || client.place().compareTo(after.get()) > 0)
                .sorted(Comparator.comparing(ConnectedClient::place))
                .limit(limit)
                .toList();
    }

    private static ConnectedClient view(SessionInfo session) {
        return new ConnectedClient(
                session.user(),
                session.id(),
                session.remoteAddress(),
                session.connectedAt(),
                Optional.of(session.lastMessageAt()),
                session.metadata(),
                session.connected());
    }
}
