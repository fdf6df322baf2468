package dev.signalbox.server.webhook;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.DeliveryQueue.Action;
import dev.signalbox.delivery.queue.DeliveryQueue.BulkChange;
import dev.signalbox.delivery.queue.MessageFilter;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.Remark;
import dev.signalbox.delivery.webhook.WebhookEndpoint;
import dev.signalbox.delivery.webhook.WebhookEndpoints;
import dev.signalbox.server.rest.ControlPlane;
import dev.signalbox.server.rest.Json;
import dev.signalbox.server.rest.JsonFields;
import dev.signalbox.server.rest.Principal;
import dev.signalbox.server.rest.Problem;
import dev.signalbox.server.rest.Problems;
import dev.signalbox.server.rest.Request;
import dev.signalbox.server.rest.RequestBody;
import dev.signalbox.server.rest.Response;
import dev.signalbox.server.rest.Role;
import dev.signalbox.server.rest.Route;
import dev.signalbox.server.rest.TimeText;
import dev.signalbox.server.rest.Violations;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Sends again what an endpoint missed since some time: messages to it that ended without being delivered. They keep their ids,
 * so that a receiver which had one after all knows it. Thread-safe.
 */
final class ReplayRoutes {
    private static final Set<String> FIELDS = Set.of("since", "limit", "dryRun");
    private static final List<MessageState> MISSED =
            List.of(MessageState.DEAD, MessageState.REJECTED, MessageState.UNKNOWN);
    private static final int USUAL_LIMIT = 1_000;

    private final WebhookEndpoints endpoints;
    private final DeliveryQueue queue;
    private final ControlPlane.Bounds bounds;

    ReplayRoutes(WebhookEndpoints endpoints, DeliveryQueue queue, ControlPlane.Bounds bounds) {
        this.endpoints = endpoints;
        this.queue = queue;
        this.bounds = bounds;
    }

    List<Route> routes() {
        return List.of(Route.post("/api/webhooks/endpoints/{id}/replay", Role.ADMIN, this::replay));
    }

    private record Replayed(int matched, int changed, boolean more) {}

    private void replay(Request request, Response response) throws IOException {
        String id = request.parameter("id");
        WebhookEndpoint endpoint =
                endpoints.find(id).orElseThrow(() -> new Problem(404, "there is no webhook endpoint " + id));
        JsonFields fields = fields(RequestBody.declaredJson(request, bounds.maxBody()));
        Optional<Instant> since = fields.text("since").flatMap(TimeText::instant);
        fields.violations().check(since.isPresent(), "since", "must be a time such as 2026-03-01T12:00:00Z");
        int limit = fields.integer("limit").orElse(USUAL_LIMIT);
        fields.violations()
                .check(
                        limit >= 1 && limit <= MessageFilter.MOST_CHANGED,
                        "limit",
                        "must be 1 to " + MessageFilter.MOST_CHANGED);
        boolean dryRun = fields.flag("dryRun").orElse(false);
        refuseWrong(fields.violations());
        if (!dryRun && !endpoint.enabled()) {
            throw new Problem(409, "the webhook endpoint " + id + " is disabled; enable it first");
        }
        MessageFilter filter = MessageFilter.ALL
                .withChannel(Optional.of(Channel.WEBHOOK))
                .withAddress(Optional.of(endpoint.id()))
                .withAccepted(since, Optional.empty());
        Json.send(response, retry(filter, limit, remark(request), dryRun));
    }

    private Replayed retry(MessageFilter filter, int limit, Remark remark, boolean dryRun) {
        int matched = 0;
        int changed = 0;
        boolean more = false;
        for (MessageState state : MISSED) {
            if (matched >= limit) {
                return new Replayed(matched, changed, true);
            }
            BulkChange done =
                    queue.changeAll(filter.withState(state).withLimit(limit - matched), Action.RETRY, remark, dryRun);
            matched += done.matched();
            changed += done.changed();
            more |= done.next().isPresent();
        }
        return new Replayed(matched, changed, more);
    }

    private static Remark remark(Request request) {
        return request.principal()
                .map(Principal::name)
                .map(Remark::by)
                .orElse(Remark.NONE)
                .withNote("webhook replay");
    }

    private static JsonFields fields(JsonNode body) {
        var violations = new Violations();
        violations.check(body.isObject(), "", "the body must be a JSON object");
        refuseWrong(violations);
        var fields = new JsonFields(body, "", violations);
        fields.refuseUnknown(FIELDS, "a replay");
        return fields;
    }

    private static void refuseWrong(Violations violations) {
        if (!violations.all().isEmpty()) {
            throw Problems.invalid(violations.all());
        }
    }
}
