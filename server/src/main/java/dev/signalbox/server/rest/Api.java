package dev.signalbox.server.rest;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/**
 * Routes with their part of the OpenAPI document.
 *
 * @param document reads {@code paths}, {@code tags} and {@code components}, as an OpenAPI document has them; see {@link OpenApi#part}
 * @param outages exceptions that mean that something is not there right now, and what: the caller gets 503 and may try again
 * @param always whether it is served while the node is in maintenance, too: for those who look after the node
 */
public record Api(
        List<Route> routes,
        Supplier<JsonNode> document,
        Map<Class<? extends RuntimeException>, String> outages,
        boolean always) {
    public Api {
        routes = List.copyOf(routes);
        outages = Map.copyOf(outages);
    }

    public Api(List<Route> routes, Supplier<JsonNode> document) {
        this(routes, document, Map.of());
    }

    public Api(
            List<Route> routes, Supplier<JsonNode> document, Map<Class<? extends RuntimeException>, String> outages) {
        this(routes, document, outages, false);
    }

    /** The same, served during maintenance, too. */
    public Api servedAlways() {
        return new Api(routes, document, outages, true);
    }

    /** The same with something around each handler. */
    public Api around(UnaryOperator<Handler> wrapper) {
        return new Api(routes.stream().map(route -> route.around(wrapper)).toList(), document, outages, always);
    }
}
