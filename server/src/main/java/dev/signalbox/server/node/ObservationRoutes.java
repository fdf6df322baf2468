package dev.signalbox.server.node;

import dev.signalbox.server.rest.Route;
import dev.signalbox.server.rest.Response;
import dev.signalbox.server.rest.Timely;
import dev.signalbox.server.rest.BuildInfo;
import dev.signalbox.server.delivery.MessagingRoutes;
import dev.signalbox.server.rest.Json;
import dev.signalbox.server.delivery.DeliveryMetrics;
import dev.signalbox.server.rest.Request;
import dev.signalbox.server.rest.Query;
import dev.signalbox.server.rest.ControlPlane;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.signalbox.delivery.queue.DeliveryQueue.Counts;
import dev.signalbox.delivery.queue.Dispatcher.DispatchState;
import dev.signalbox.server.rest.Role;
import dev.signalbox.server.clients.ClientDirectory.ConnectedClient;
import dev.signalbox.server.rest.Timely.Reading;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** What this node and its queue look like: health, version, metrics, the console's overview, the connected clients. */
public final class ObservationRoutes {
    private static final Duration AGE = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofMillis(1500);

    private final ControlPlane.Services services;
    private final InstantSource clock;
    private final Instant startedAt;
    private final Timely<Counts> counts;
    private final Timely<Health.Report> health;
    private final byte[] openApi;

    public ObservationRoutes(ControlPlane.Services services, InstantSource clock) {
        this.services = services;
        this.clock = clock;
        this.startedAt = clock.instant();
        this.counts = new Timely<>(services.queue()::counts, AGE, PATIENCE, clock);
        this.health = new Timely<>(services.health(), AGE, PATIENCE, clock);
        this.openApi = resource("openapi.json");
    }

    public List<Route> routes() {
        return List.of(
                Route.open("GET", "/health", this::health),
                Route.open("GET", "/health/live", ObservationRoutes::live),
                Route.open("GET", "/health/ready", this::ready),
                Route.open("GET", "/version", (request, response) -> Json.send(response, services.build())),
                Route.open("GET", "/openapi.json", this::openApi),
                Route.read("/metrics", this::metrics),
                Route.read("/api/overview", this::overview),
                Route.read("/api/clients", this::clients));
    }

    /** The numbers by state as the last question found them; for gauges. */
    public Optional<Counts> counts() {
        Reading<Counts> reading = counts.get();
        return reading.fresh() ? reading.value() : Optional.empty();
    }

    private static byte[] resource(String name) {
        try (InputStream in = Objects.requireNonNull(ObservationRoutes.class.getResourceAsStream(name), name)) {
            return in.readAllBytes();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private record HealthView(
            String status,
            @JsonProperty("processing_status") String processingStatus,
            BuildInfo version,
            Map<String, String> dependencies) {}

    private void health(Request request, Response response) throws IOException {
        Health.Report report = report();
        boolean databaseDown = report.components().get("database") == Health.DOWN;
        boolean running = services.dispatcher().state() == DispatchState.RUNNING;
        Json.send(
                response,
                databaseDown ? 503 : 200,
                new HealthView(
                        report.worst() == Health.UP ? "healthy" : "degraded",
                        running ? "running" : "stopped",
                        services.build(),
                        MessagingRoutes.dependencies(report)));
    }

    /** No answer in time counts as a database that is down: that is what hangs. */
    private Health.Report report() {
        Reading<Health.Report> reading = health.get();
        return reading.value().filter(known -> reading.fresh()).orElse(UNKNOWN);
    }

    private static final Health.Report UNKNOWN = new Health.Report(Map.of("database", Health.DOWN), false);

    private static void live(Request request, Response response) throws IOException {
        Json.send(response, Map.of("status", Health.UP));
    }

    private record Readiness(Health status, Map<String, Health> components) {}

    private void ready(Request request, Response response) throws IOException {
        Health.Report report = report();
        Json.send(
                response,
                report.ready() ? 200 : 503,
                new Readiness(report.ready() ? Health.UP : Health.DOWN, report.components()));
    }

    private void openApi(Request request, Response response) throws IOException {
        response.header("Content-Type", "application/json").send(openApi);
    }

    private void metrics(Request request, Response response) throws IOException {
        response.header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                .send(services.registry().scrape());
    }

    private record Overview(
            Instant now,
            Instant startedAt,
            BuildInfo build,
            Role role,
            DispatchState dispatch,
            HealthSummary health,
            Optional<Counts> counts,
            boolean stale,
            int clients,
            DeliveryMetrics.PerSecond perSecond) {}

    private record HealthSummary(Health status, boolean ready, Map<String, Health> components) {}

    private void overview(Request request, Response response) throws IOException {
        Reading<Counts> reading = counts.get();
        Health.Report report = report();
        Json.send(
                response,
                new Overview(
                        clock.instant(),
                        startedAt,
                        services.build(),
                        request.principal().orElseThrow().role(),
                        services.dispatcher().state(),
                        new HealthSummary(report.worst(), report.ready(), report.components()),
                        reading.value(),
                        !reading.fresh(),
                        services.clients().connected(),
                        services.metrics().perSecond()));
    }

    private record Clients(List<ConnectedClient> items, int total, Optional<String> next) {}

    private void clients(Request request, Response response) throws IOException {
        var query = new Query(request, Set.of("limit", "cursor"));
        int limit = query.limit();
        query.refuseWrong();
        List<ConnectedClient> page = services.clients().page(query.text("cursor"), limit);
        Optional<String> next = page.size() < limit
                ? Optional.empty()
                : Optional.of(page.getLast().id());
        Json.send(response, new Clients(page, services.clients().connected(), next));
    }
}
