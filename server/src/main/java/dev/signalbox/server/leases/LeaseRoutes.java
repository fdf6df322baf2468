package dev.signalbox.server.leases;

import dev.signalbox.server.rest.Api;
import dev.signalbox.server.rest.Json;
import dev.signalbox.server.rest.OpenApi;
import dev.signalbox.server.rest.Problem;
import dev.signalbox.server.rest.Request;
import dev.signalbox.server.rest.Response;
import dev.signalbox.server.rest.Role;
import dev.signalbox.server.rest.Route;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who leads, and the hand-over. Thread-safe. */
final class LeaseRoutes {
    private final Optional<? extends Standing> standing;
    private final PeerRoutes peer;
    private final Duration drain;

    /**
     * Routes of this node.
     *
     * @param standing empty where all nodes send
     * @param drain how long a hand-over waits for what is being sent
     */
    LeaseRoutes(Optional<? extends Standing> standing, PeerRoutes peer, Duration drain) {
        this.standing = standing;
        this.peer = peer;
        this.drain = drain;
    }

    Api api() {
        return new Api(
                        List.of(
                                peer.route(),
                                Route.read("/api/ha", (request, response) -> Json.send(response, view())),
                                Route.post("/api/ha/handover", Role.ADMIN, this::handOver)),
                        OpenApi.part(LeaseRoutes.class))
                .servedAlways();
    }

    LeaseView view() {
        return standing.map(Standing::view).orElseGet(LeaseView::shared);
    }

    private void handOver(Request request, Response response) throws IOException {
        Standing node = standing.orElseThrow(() -> new Problem(
                409,
                "All nodes send here, so there is nothing to hand over. Set " + LeaseKeys.ACTIVE.path() + " to one"));
        if (!handOver(node)) {
            throw new Problem(
                    409,
                    "This node does not lead. "
                            + node.view()
                                    .leader()
                                    .map(leader -> "Ask " + leader)
                                    .orElse("No node leads now"));
        }
        Json.send(response, Map.of("handedOver", true));
    }

    private boolean handOver(Standing node) {
        try {
            return node.handOver(drain);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Problem(503, "The server stops");
        }
    }
}
