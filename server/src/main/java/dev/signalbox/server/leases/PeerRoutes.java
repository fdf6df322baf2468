package dev.signalbox.server.leases;

import dev.signalbox.server.rest.Json;
import dev.signalbox.server.rest.Request;
import dev.signalbox.server.rest.Response;
import dev.signalbox.server.rest.Route;
import java.io.IOException;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** What this node tells another that watches it, in the words of go-ipc's health check. Thread-safe. */
final class PeerRoutes {
    private final Optional<String> node;
    private final BooleanSupplier well;
    private final BooleanSupplier serves;
    private final InstantSource clock;

    /** @param node this node's name; empty where it has no peer, since the address is open to all */
    PeerRoutes(Optional<String> node, BooleanSupplier well, BooleanSupplier serves, InstantSource clock) {
        this.node = node;
        this.well = well;
        this.serves = serves;
        this.clock = clock;
    }

    /** Open to all, as health is: peers have no token. */
    Route route() {
        return Route.open("GET", "/ha/peer", this::tell);
    }

    private void tell(Request request, Response response) throws IOException {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("status", well.getAsBoolean() ? "ok" : "error");
        told.put("mode", serves.getAsBoolean() ? 1 : 0);
        told.put("timestamp", clock.instant());
        node.ifPresent(name -> told.put("node", name));
        Json.send(response, told);
    }
}
