package dev.signalbox.server.rest;


import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Turns the list of routes into the web server's routing: guarded, measured, and with an answer for everything else. */
final class Routing {
    private static final String UNMATCHED = "unmatched";

    private final List<Route> routes;
    private final Guard guard;
    private final MeterRegistry registry;
    private final Optional<Filter> around;

    Routing(List<Route> routes, Guard guard, MeterRegistry registry, Optional<Filter> around) {
        this.routes = routes;
        this.guard = guard;
        this.registry = registry;
        this.around = around;
    }

    void describe(HttpRouting.Builder routing) {
        around.ifPresent(routing::addFilter);
        routing.addFilter(Routing::closeIfAsked).addFilter(this::measure).addFilter(Routing::secure);
        ErrorAnswers.describe(routing);
        routes.forEach(route -> add(routing, route));
        byPath().forEach((path, others) -> routing.any(path, guarded(others.getFirst(), refusal(others))));
        routing.any("/api/*", guard.protect(Role.READER, Routing::notFound));
        routing.any(Routing::notFound);
    }

    private void add(HttpRouting.Builder routing, Route route) {
        Handler handler = named(route.path(), guarded(route, route.handler()));
        routing.route(route.method(), route.path(), handler);
        if (route.method().equals(Method.GET)) {
            routing.route(Method.HEAD, route.path(), handler);
        }
    }

    private Handler guarded(Route route, Handler handler) {
        return route.needs().map(role -> guard.protect(role, handler)).orElse(handler);
    }

    /** Remembers the pattern that matched: paths themselves would make as many time series as there are messages. */
    private static Handler named(String pattern, Handler handler) {
        return (request, response) -> {
            request.context().register(new Pattern(pattern));
            handler.handle(request, response);
        };
    }

    private record Pattern(String text) {}

    private Map<String, List<Route>> byPath() {
        return routes.stream().collect(Collectors.groupingBy(Route::path, LinkedHashMap::new, Collectors.toList()));
    }

    private static Handler refusal(List<Route> samePath) {
        var allowed = new TreeSet<String>();
        samePath.forEach(route -> allowed.add(route.method().text()));
        if (allowed.contains("GET")) {
            allowed.add("HEAD");
        }
        String allow = String.join(", ", allowed);
        return (request, response) -> {
            throw new Problem(
                            Status.METHOD_NOT_ALLOWED_405,
                            request.prologue().method().text() + " is not possible here; possible are " + allow)
                    .header("Allow", allow);
        };
    }

    private static void notFound(ServerRequest request, Object response) {
        throw new Problem(
                Status.NOT_FOUND_404, "there is nothing at " + request.path().path() + "; see /openapi.json");
    }

    private static void secure(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        SecurityHeaders.set(response.headers());
        chain.proceed();
    }

    /** Closes a connection whose client asked for it: the web server promises that, but up to 4.5.3 does not do it. */
    private static void closeIfAsked(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        chain.proceed();
        if (request.headers().contains(HeaderValues.CONNECTION_CLOSE)) {
            throw new CloseConnectionException("the client asked for it");
        }
    }

    private void measure(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        var timing = Timer.start(registry);
        response.whenSent(() -> timing.stop(Timer.builder("signalbox.http.requests")
                .description("Requests of the control plane")
                .tag("method", method(request))
                .tag(
                        "route",
                        request.context().get(Pattern.class).map(Pattern::text).orElse(UNMATCHED))
                .tag("status", String.valueOf(response.status().code()))
                .register(registry)));
        chain.proceed();
    }

    /** Method names are the caller's to invent, so only those of routes become a label. */
    private String method(RoutingRequest request) {
        Method method = request.prologue().method();
        return method.equals(Method.HEAD)
                        || routes.stream().anyMatch(route -> route.method().equals(method))
                ? method.text()
                : "other";
    }
}
