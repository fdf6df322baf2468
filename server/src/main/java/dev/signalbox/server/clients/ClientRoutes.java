package dev.signalbox.server.clients;

import dev.signalbox.server.clients.ClientDirectory.ConnectedClient;
import dev.signalbox.server.node.Node;
import dev.signalbox.server.rest.Api;
import dev.signalbox.server.rest.Json;
import dev.signalbox.server.rest.OpenApi;
import dev.signalbox.server.rest.Query;
import dev.signalbox.server.rest.Request;
import dev.signalbox.server.rest.Response;
import dev.signalbox.server.rest.Route;
import io.micrometer.core.instrument.Gauge;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Lists the connected clients, each session of theirs. */
public final class ClientRoutes {
    private final ClientDirectory directory;

    public ClientRoutes(ClientDirectory directory) {
        this.directory = directory;
    }

    /** Adds the list of clients, what can be done with each, their number, and the metric of it to a node. */
    public void addTo(Node node) {
        List<Route> routes = new ArrayList<>(new ClientActionRoutes(node::router, node.clock()).routes());
        routes.addAll(new ClientTopicRoutes(node::router).routes());
        routes.add(Route.read("/api/clients", this::clients));
        node.api(new Api(List.copyOf(routes), OpenApi.part(ClientRoutes.class)).servedAlways());
        node.overview("clients", role -> directory.connected());
        Gauge.builder("signalbox.clients.connected", directory, ClientDirectory::connected)
                .description("Sessions of clients of this node, those included that wait for their client to come back")
                .register(node.registry());
    }

    private record Clients(List<ConnectedClient> items, int total, Optional<String> next) {}

    private void clients(Request request, Response response) throws IOException {
        var query = new Query(request, Set.of("limit", "cursor", "id"));
        int limit = query.limit();
        query.refuseWrong();
        List<ConnectedClient> page = directory.page(query.text("id").orElse(""), query.text("cursor"), limit);
        Optional<String> next = page.size() < limit
                ? Optional.empty()
                : Optional.of(page.getLast().place());
        Json.send(response, new Clients(page, directory.total(), next));
    }
}
