package dev.signalbox.server.rest;

import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * Routes with their part of the OpenAPI document.
 *
 * @param document {@code paths}, {@code tags} and {@code components}, as an OpenAPI document has them
 * @param outages exceptions that mean that something is not there right now, and what: the caller gets 503 and may try again
 */
public record Api(List<Route> routes, JsonNode document, Map<Class<? extends RuntimeException>, String> outages) {
    public Api {
        routes = List.copyOf(routes);
        outages = Map.copyOf(outages);
    }

    public Api(List<Route> routes, JsonNode document) {
        this(routes, document, Map.of());
    }
}
