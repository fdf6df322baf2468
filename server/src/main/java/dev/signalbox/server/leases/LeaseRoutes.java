package dev.signalbox.server.leases;

import dev.signalbox.ha.lease.Election;
import dev.signalbox.ha.lease.Lease;
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
    private final Optional<Leadership> leadership;
    private final Duration drain;

    /**
     * Routes of this node.
     *
     * @param leadership empty where all nodes send
     * @param drain how long a hand-over waits for what is being sent
     */
    LeaseRoutes(Optional<Leadership> leadership, Duration drain) {
        this.leadership = leadership;
        this.drain = drain;
    }

    Api api() {
        return new Api(
                        List.of(
                                Route.read("/api/ha", (request, response) -> Json.send(response, view())),
                                Route.post("/api/ha/handover", Role.ADMIN, this::handOver)),
                        OpenApi.part(LeaseRoutes.class))
                .servedAlways();
    }

    /** As the API, the console and people see it. */
    record View(
            String active,
            String role,
            Optional<String> node,
            Optional<String> leader,
            Optional<Long> epoch,
            Optional<String> problem) {}

    View view() {
        return leadership.map(LeaseRoutes::view).orElseGet(LeaseRoutes::shared);
    }

    /** Where all nodes send, each is SERVING. */
    private static View shared() {
        return new View("all", "SERVING", Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    private static View view(Leadership leadership) {
        Election election = leadership.election();
        Optional<Lease> lease = election.lease();
        return new View(
                "one",
                lease.isPresent() ? "SERVING" : "WAITING",
                Optional.of(election.owner()),
                election.leader(),
                lease.map(Lease::epoch),
                election.problem());
    }

    private void handOver(Request request, Response response) throws IOException {
        Leadership node = leadership.orElseThrow(() -> new Problem(
                409,
                "All nodes send here, so there is nothing to hand over. Set " + LeaseKeys.ACTIVE.path() + " to one"));
        if (!handOver(node)) {
            throw new Problem(
                    409,
                    "This node does not lead. "
                            + node.election()
                                    .leader()
                                    .map(leader -> "Ask " + leader)
                                    .orElse("No node leads now"));
        }
        Json.send(response, Map.of("handedOver", true));
    }

    private boolean handOver(Leadership node) {
        try {
            return node.handOver(drain);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Problem(503, "The server stops");
        }
    }
}
