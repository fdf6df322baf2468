package dev.signalbox.server.rest;

import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Routes with their part of the OpenAPI document.
 *
 * @param document {@code paths}, {@code tags} and {@code components}, as an OpenAPI document has them
 */
public record Api(List<Route> routes, JsonNode document) {
    public Api {
        routes = List.copyOf(routes);
    }
}
