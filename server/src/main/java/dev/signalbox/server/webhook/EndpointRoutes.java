package dev.signalbox.server.webhook;

import dev.signalbox.delivery.queue.SendResult;
import dev.signalbox.delivery.webhook.WebhookEndpoint;
import dev.signalbox.delivery.webhook.WebhookEndpoint.Cause;
import dev.signalbox.delivery.webhook.WebhookEndpoints;
import dev.signalbox.delivery.webhook.WebhookEndpoints.Draft;
import dev.signalbox.delivery.webhook.WebhookKey;
import dev.signalbox.delivery.webhook.WebhookSender;
import dev.signalbox.server.rest.Json;
import dev.signalbox.server.rest.Problem;
import dev.signalbox.server.rest.Query;
import dev.signalbox.server.rest.Request;
import dev.signalbox.server.rest.Response;
import dev.signalbox.server.rest.Role;
import dev.signalbox.server.rest.Route;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Makes endpoints, shows, changes, tests and removes them. Thread-safe. */
final class EndpointRoutes {
    private static final String ALL = "/api/webhooks/endpoints";
    private static final String ONE = ALL + "/{id}";

    private final WebhookEndpoints endpoints;
    private final WebhookSender sender;
    private final EndpointBody body;
    private final InstantSource clock;

    EndpointRoutes(WebhookEndpoints endpoints, WebhookSender sender, EndpointBody body, InstantSource clock) {
        this.endpoints = endpoints;
        this.sender = sender;
        this.body = body;
        this.clock = clock;
    }

    List<Route> routes() {
        return List.of(
                Route.read(ALL, this::list),
                Route.post(ALL, Role.ADMIN, this::create),
                Route.read(ONE, this::show),
                Route.post(ONE, Role.ADMIN, this::change),
                Route.delete(ONE, Role.ADMIN, this::delete),
                Route.post(ONE + "/rotate", Role.ADMIN, this::rotate),
                Route.post(ONE + "/disable", Role.ADMIN, this::disable),
                Route.post(ONE + "/enable", Role.ADMIN, this::enable),
                Route.post(ONE + "/test", Role.ADMIN, this::test));
    }

    private record Endpoints(List<EndpointView> items, Optional<String> next) {}

    private void list(Request request, Response response) throws IOException {
        Query query = new Query(request, Set.of("after", "limit"));
        int limit = query.limit();
        query.refuseWrong();
        List<EndpointView> found = endpoints.list(query.text("after").orElse(""), limit + 1).stream()
                .map(EndpointView::of)
                .toList();
        List<EndpointView> items = found.stream().limit(limit).toList();
        Optional<String> next =
                found.size() > limit ? Optional.of(items.getLast().id()) : Optional.empty();
        Json.send(response, new Endpoints(items, next));
    }

    private void create(Request request, Response response) throws IOException {
        Draft draft = body.draft(request);
        WebhookEndpoint made = endpoints
                .create(draft)
                .orElseThrow(() -> new Problem(409, "there is a webhook endpoint " + draft.id() + " already"));
        response.header("Location", ALL + "/" + made.id());
        Json.send(response, 201, EndpointView.withSecret(made));
    }

    private void show(Request request, Response response) throws IOException {
        Json.send(response, EndpointView.of(found(request)));
    }

    private void change(Request request, Response response) throws IOException {
        WebhookEndpoint endpoint = found(request);
        EndpointBody.Change change = body.change(request);
        Json.send(
                response,
                endpoints
                        .change(
                                endpoint.id(),
                                change.url().orElse(null),
                                change.description().orElse(null))
                        .map(EndpointView::of)
                        .orElseThrow(() -> missing(endpoint.id())));
    }

    private void delete(Request request, Response response) throws IOException {
        String id = request.parameter("id");
        if (!endpoints.delete(id)) {
            throw missing(id);
        }
        response.status(204).send();
    }

    private void rotate(Request request, Response response) throws IOException {
        WebhookEndpoint endpoint = found(request);
        WebhookKey.Kind kind = endpoint.keys().getFirst().key().kind();
        EndpointBody.Rotation rotation = body.rotation(request, kind);
        try {
            Json.send(
                    response,
                    endpoints
                            .rotate(endpoint.id(), rotation.key(), rotation.overlap())
                            .map(EndpointView::withSecret)
                            .orElseThrow(() -> missing(endpoint.id())));
        } catch (IllegalArgumentException tooManyKeys) {
            throw new Problem(
                    409,
                    "the endpoint has " + WebhookEndpoints.MOST_KEYS
                            + " keys that sign already; wait until one ends, or rotate with the overlap 0s");
        }
    }

    private void disable(Request request, Response response) throws IOException {
        WebhookEndpoint endpoint = found(request);
        String reason = body.reason(request);
        endpoints.disable(endpoint.id(), Cause.OPERATOR, reason);
        show(request, response);
    }

    private void enable(Request request, Response response) throws IOException {
        WebhookEndpoint endpoint = found(request);
        endpoints.enable(endpoint.id());
        show(request, response);
    }

    private record Tested(String id, String result, Optional<String> reason, long millis) {}

    /** Waits for the answer, so that the caller sees what a receiver says. */
    private void test(Request request, Response response) throws IOException {
        WebhookEndpoint endpoint = found(request);
        String id = "test-" + UUID.randomUUID();
        String event = Json.text(Map.of(
                "type", "signalbox.test",
                "timestamp", clock.instant().toString(),
                "data", Map.of("endpoint", endpoint.id())));
        long start = System.nanoTime();
        SendResult result = sender.test(endpoint, id, event);
        long millis = Duration.ofNanos(System.nanoTime() - start).toMillis();
        Json.send(response, new Tested(id, word(result), reason(result), millis));
    }

    private static String word(SendResult result) {
        return switch (result) {
            case SendResult.Accepted _ -> "accepted";
            case SendResult.NotSent _ -> "not-sent";
            case SendResult.Rejected _ -> "rejected";
            case SendResult.Unknown _ -> "unknown";
        };
    }

    private static Optional<String> reason(SendResult result) {
        return switch (result) {
            case SendResult.Accepted _ -> Optional.empty();
            case SendResult.NotSent notSent -> Optional.of(notSent.reason());
            case SendResult.Rejected rejected -> Optional.of(rejected.reason());
            case SendResult.Unknown unknown -> Optional.of(unknown.reason());
        };
    }

    private WebhookEndpoint found(Request request) {
        String id = request.parameter("id");
        return endpoints.find(id).orElseThrow(() -> missing(id));
    }

    private static Problem missing(String id) {
        return new Problem(404, "there is no webhook endpoint " + id);
    }
}
