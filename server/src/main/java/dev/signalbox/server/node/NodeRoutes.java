package dev.signalbox.server.node;

import dev.signalbox.database.DatabaseUnavailableException;
import dev.signalbox.maintenance.control.Admission;
import dev.signalbox.server.configuration.Configuration;
import dev.signalbox.server.rest.Api;
import dev.signalbox.server.rest.Json;
import dev.signalbox.server.rest.OpenApi;
import dev.signalbox.server.rest.Request;
import dev.signalbox.server.rest.Response;
import dev.signalbox.server.rest.Role;
import dev.signalbox.server.rest.Route;
import java.io.IOException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How this node is: health, version, metrics, the overview, the settings in effect. Thread-safe. */
final class NodeRoutes {
    private final Node node;
    private final Configuration configuration;
    private final Instant startedAt;
    private volatile boolean stopping;

    NodeRoutes(Node node, Configuration configuration) {
        this.node = node;
        this.configuration = configuration;
        this.startedAt = node.clock().instant();
    }

    /** The outage is that of all features: they share the node's database. */
    Api api() {
        return new Api(
                List.of(
                        Route.open("GET", "/health", this::health),
                        Route.open("GET", "/health/live", NodeRoutes::live),
                        Route.open("GET", "/health/ready", this::ready),
                        Route.open("GET", "/version", (request, response) -> Json.send(response, Build.info())),
                        Route.read("/metrics", this::metrics),
                        Route.read("/api/overview", this::overview),
                        Route.get("/api/settings", Role.ADMIN, this::settings)),
                OpenApi.part(NodeRoutes.class),
                Map.of(DatabaseUnavailableException.class, "the database"));
    }

    /** From now on the node is not ready. */
    void stopping() {
        stopping = true;
    }

    /** In the words of go-message-dispatcher, with the reasons of what is not well. */
    private void health(Request request, Response response) throws IOException {
        var reports = node.healthBoard().reports();
        Health worst = HealthBoard.worst(reports);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("status", worst == Health.UP ? "healthy" : "degraded");
        node.status().forEach((member, value) -> answer.put(member, value.get()));
        answer.put("version", Build.info());
        answer.put("dependencies", Map.of("database", word(reports, "database"), "redis", word(reports, "redis")));
        Map<String, String> reasons = reasons(reports);
        if (!reasons.isEmpty()) {
            answer.put("reasons", reasons);
        }
        Json.send(response, worst == Health.DOWN ? 503 : 200, answer);
    }

    private static String word(Map<String, Health.Report> reports, String component) {
        Health.Report report = reports.get(component);
        if (report == null) {
            return "not_configured";
        }
        return report.health() == Health.UP ? "healthy" : "unhealthy";
    }

    private static void live(Request request, Response response) throws IOException {
        Json.send(response, Map.of("status", Health.UP));
    }

    private void ready(Request request, Response response) throws IOException {
        var reports = node.healthBoard().reports();
        boolean ready = isReady(reports);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("status", ready ? Health.UP : Health.DOWN);
        answer.put("admission", node.maintenance().admission());
        answer.putAll(components(reports));
        Json.send(response, ready ? 200 : 503, answer);
    }

    private boolean isReady(Map<String, Health.Report> reports) {
        return !stopping
                && node.maintenance().admission() == Admission.OPEN
                && HealthBoard.worst(reports) != Health.DOWN;
    }

    /** Each component's health, and the reasons of those that are not well. */
    private static Map<String, Object> components(Map<String, Health.Report> reports) {
        Map<String, Health> components = new TreeMap<>();
        reports.forEach((name, report) -> components.put(name, report.health()));
        return Map.of("components", components, "reasons", reasons(reports));
    }

    private static Map<String, String> reasons(Map<String, Health.Report> reports) {
        Map<String, String> reasons = new TreeMap<>();
        reports.forEach((name, report) -> {
            if (!report.reason().isEmpty()) {
                reasons.put(name, report.reason());
            }
        });
        return reasons;
    }

    private void metrics(Request request, Response response) throws IOException {
        response.header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
                .send(node.prometheus().scrape());
    }

    private void overview(Request request, Response response) throws IOException {
        var reports = node.healthBoard().reports();
        Role role = request.principal().orElseThrow().role();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("now", node.clock().instant());
        answer.put("startedAt", startedAt);
        answer.put("build", Build.info());
        answer.put("role", role);
        Map<String, Object> health = new LinkedHashMap<>();
        health.put("status", HealthBoard.worst(reports));
        health.put("ready", isReady(reports));
        health.put("admission", node.maintenance().admission());
        health.putAll(components(reports));
        answer.put("health", health);
        node.overview().forEach((member, value) -> answer.put(member, value.apply(role)));
        Json.send(response, answer);
    }

    private void settings(Request request, Response response) throws IOException {
        Json.send(response, Map.of("items", configuration.settings()));
    }
}
