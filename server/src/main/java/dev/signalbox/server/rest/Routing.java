package dev.signalbox.server.rest;

import dev.signalbox.server.rest.RouteTable.Match;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;

/** Takes each request to its route: measured, guarded, within the limits, and with an answer for all others. Thread-safe. */
final class Routing implements Handler {
    private static final String UNMATCHED = "unmatched";
    private static final Set<String> OBSERVED =
            Set.of("/health", "/health/live", "/health/ready", "/metrics", "/ha/peer");

    /** Apart from all others, so that a node can be watched whatever its callers do. */
    private static final int OBSERVATION = 32;

    private final RouteTable routes;
    private final Guard guard;
    private final ConcurrencyLimit requests;
    private final ConcurrencyLimit observation;
    private final AuditLog audit;
    private final MeterRegistry registry;
    private final ErrorAnswers errors;

    Routing(
            RouteTable routes,
            Guard guard,
            Limits limits,
            AuditLog audit,
            MeterRegistry registry,
            ErrorAnswers errors) {
        this.errors = errors;
        this.routes = routes;
        this.guard = guard;
        this.requests = new ConcurrencyLimit(
                "requests (control.max-requests)", limits.maxRequests(), limits.maxRequestsPerPrincipal());
        this.observation = new ConcurrencyLimit("requests for health, metrics and peers", OBSERVATION, OBSERVATION);
        this.audit = audit;
        this.registry = registry;
    }

    @Override
    public void handle(Request request, Response response) throws IOException {
        var timing = Timer.start(registry);
        SecurityHeaders.set(response::header);
        try {
            errors.answering(response, () -> dispatch(request, response));
        } finally {
            request.leavePlace();
            timing.stop(timer(request, response));
            audit.answered(request, response.status());
        }
    }

    /** The label is the pattern that matched: paths themselves would make as many time series as there are messages. */
    private Timer timer(Request request, Response response) {
        return Timer.builder("signalbox.http.requests")
                .description("Requests of the control plane")
                .tag("method", routes.label(request.method()))
                .tag("route", request.route().map(Route::path).orElse(UNMATCHED))
                .tag("status", String.valueOf(response.status()))
                .register(registry);
    }

    private void dispatch(Request request, Response response) throws IOException {
        Optional<Match> match = routes.find(request.path());
        Optional<Route> route = match.flatMap(found -> found.route(request.method()));
        route.ifPresent(found -> request.matched(found, match.orElseThrow().parameters()));
        admit(request, route.or(() -> match.map(Match::any)));
        route.orElseThrow(() -> match.map(found -> notAllowed(request, found)).orElseGet(() -> notFound(request)))
                .handler()
                .handle(request, response);
    }

    /** What there is under {@code /api}, and by which method, is told only to those who may look. */
    private void admit(Request request, Optional<Route> route) {
        Optional<Role> needed = route.isPresent()
                ? route.get().needs()
                : Optional.of(Role.READER).filter(role -> request.path().startsWith("/api/"));
        Optional<Principal> principal = needed.map(role -> guard.admit(request, role));
        ConcurrencyLimit limit = OBSERVED.contains(request.path()) ? observation : requests;
        request.admitted(principal.map(limit::enter).orElseGet(limit::enter));
    }

    private static Problem notAllowed(Request request, Match match) {
        return new Problem(405, "Method " + request.method() + " not allowed. Allowed: " + match.allowed())
                .header("Allow", match.allowed());
    }

    private static Problem notFound(Request request) {
        return new Problem(404, "no such path: " + request.path() + ". All paths are in /openapi.json");
    }
}
