package dev.signalbox.server.maintenance;

import dev.signalbox.maintenance.control.SharedSignals;
import dev.signalbox.maintenance.control.Signal;
import dev.signalbox.maintenance.control.SignalSourceException;
import dev.signalbox.maintenance.control.WebhookSignals;
import dev.signalbox.server.configuration.DurationText;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.maintenance.MaintenanceFeature.Signals;
import dev.signalbox.server.node.Node;
import dev.signalbox.server.rest.Json;
import dev.signalbox.server.rest.JsonFields;
import dev.signalbox.server.rest.Problem;
import dev.signalbox.server.rest.Problems;
import dev.signalbox.server.rest.Query;
import dev.signalbox.server.rest.Request;
import dev.signalbox.server.rest.RequestBody;
import dev.signalbox.server.rest.Response;
import dev.signalbox.server.rest.Role;
import dev.signalbox.server.rest.Route;
import dev.signalbox.server.rest.Violations;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Gives the signal, and shows how the node stands. Thread-safe. */
final class MaintenanceRoutes {
    private static final int LARGEST = 4096;
    private static final Duration LONGEST = Duration.ofDays(365);

    private final Node node;
    private final Signals signals;

    MaintenanceRoutes(Node node, Signals signals) {
        this.node = node;
        this.signals = signals;
    }

    List<Route> routes() {
        return List.of(
                Route.read("/api/maintenance", (request, response) -> show(response)),
                Route.post("/api/maintenance", Role.ADMIN, this::on),
                Route.delete("/api/maintenance", Role.ADMIN, this::off),
                Route.read("/api/maintenance/reports", (request, response) -> reports(response)),
                Route.read("/api/maintenance/plan", (request, response) -> plan(response)),
                Route.open("POST", "/api/maintenance/webhook", this::webhook));
    }

    private void show(Response response) throws IOException {
        Json.send(response, MaintenanceView.of(node.maintenance()));
    }

    private void reports(Response response) throws IOException {
        Json.send(
                response,
                Map.of(
                        "items",
                        node.maintenance().reports().stream()
                                .map(MaintenanceView.ReportView::of)
                                .toList()));
    }

    private void plan(Response response) throws IOException {
        Json.send(response, MaintenanceView.PlanView.of(node.maintenance().dryRun()));
    }

    /** What is wished. */
    private record Wish(Signal signal, boolean cluster) {}

    private void on(Request request, Response response) throws IOException {
        Wish wish = wish(request);
        place(wish.cluster()).publish(wish.signal());
        show(response);
    }

    private Wish wish(Request request) throws IOException {
        var violations = new Violations();
        JsonNode body = RequestBody.declaredJson(request, LARGEST);
        if (!body.isObject()) {
            throw new Problem(400, "the body must be a JSON object");
        }
        var fields = new JsonFields(body, "", violations);
        fields.refuseUnknown(Set.of("reason", "for", "cluster"), "a maintenance");
        Optional<Duration> length = fields.text("for").flatMap(text -> length(text, violations));
        boolean cluster = fields.flag("cluster").orElse(false);
        Optional<Signal> signal = signal(
                request.principal().orElseThrow().name(), fields.text("reason").orElse(""), violations);
        if (!violations.all().isEmpty()) {
            throw Problems.invalid(violations.all());
        }
        Instant now = node.clock().instant();
        Signal endless = signal.orElseThrow();
        return new Wish(length.map(rest -> endless.until(now.plus(rest))).orElse(endless), cluster);
    }

    private static Optional<Signal> signal(String actor, String reason, Violations violations) {
        try {
            return Optional.of(Signal.of(actor, reason));
        } catch (IllegalArgumentException e) {
            violations.add("reason", FailureText.of(e));
            return Optional.empty();
        }
    }

    private static Optional<Duration> length(String text, Violations violations) {
        try {
            Duration length = DurationText.parse(text);
            violations.check(
                    length.isPositive() && length.compareTo(LONGEST) <= 0,
                    "for",
                    "must be longer than 0, at most 365d");
            return Optional.of(length);
        } catch (IllegalArgumentException e) {
            violations.add("for", FailureText.of(e));
            return Optional.empty();
        }
    }

    private void off(Request request, Response response) throws IOException {
        var query = new Query(request, Set.of("cluster"));
        String cluster = query.text("cluster").orElse("false");
        query.violations().check(Set.of("true", "false").contains(cluster), "cluster", "must be true or false");
        query.refuseWrong();
        place(cluster.equals("true")).withdraw();
        show(response);
    }

    private SharedSignals place(boolean cluster) {
        if (!cluster) {
            return signals.operator();
        }
        if (signals.cluster().isEmpty()) {
            throw new Problem(
                    409,
                    "this node heeds no signal of the cluster: set " + MaintenanceKeys.CLUSTER.path()
                            + " to true on all nodes, or give each node its own signal");
        }
        return signals.cluster().get();
    }

    private void webhook(Request request, Response response) throws IOException {
        WebhookSignals source = signals.webhook()
                .orElseThrow(() -> new Problem(
                        409, "this node takes no signals by webhook: set " + MaintenanceKeys.WEBHOOK_SECRET.path()));
        boolean heeded;
        try {
            heeded = source.receive(
                    header(request, "webhook-id"),
                    header(request, "webhook-timestamp"),
                    header(request, "webhook-signature"),
                    body(request));
        } catch (SignalSourceException e) {
            throw new Problem(403, FailureText.of(e));
        }
        Json.send(response, Map.of("heeded", heeded));
    }

    private static String header(Request request, String name) {
        return request.header(name).orElseThrow(() -> new Problem(400, "the header " + name + " is missing"));
    }

    private static byte[] body(Request request) throws IOException {
        RequestBody.refuseLongerThan(request, LARGEST);
        try (InputStream in = request.body()) {
            byte[] body = in.readNBytes(LARGEST + 1);
            if (body.length > LARGEST) {
                throw Problems.tooLarge(LARGEST);
            }
            return body;
        }
    }
}
