package dev.signalbox.server.clients;

import dev.signalbox.router.ClientInfo;
import dev.signalbox.router.Router;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The router's clients, as the control plane shows them. */
record RouterDirectory(Router router) implements ClientDirectory {

    @Override
    public int connected() {
        return router.clients().size();
    }

    @Override
    public List<ConnectedClient> page(String prefix, Optional<String> after, int limit) {
        return router.clients().stream()
                .filter(client -> client.id().startsWith(prefix))
                .filter(client -> after.isEmpty() || client.id().compareTo(after.get()) > 0)
                .sorted(Comparator.comparing(ClientInfo::id))
                .limit(limit)
                .map(RouterDirectory::view)
                .toList();
    }

    private static ConnectedClient view(ClientInfo client) {
        return new ConnectedClient(
                client.id(),
                client.remoteAddress(),
                client.connectedAt(),
                Optional.of(client.lastMessageAt()),
                client.metadata());
    }
}
