package dev.signalbox.server.delivery;

import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.DeliveryQueue.Action;
import dev.signalbox.delivery.queue.DeliveryQueue.BulkChange;
import dev.signalbox.delivery.queue.DeliveryQueue.Change;
import dev.signalbox.delivery.queue.MessageFilter;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.Remark;
import dev.signalbox.delivery.queue.Schedule;
import dev.signalbox.server.rest.ControlPlane;
import dev.signalbox.server.rest.Json;
import dev.signalbox.server.rest.JsonFields;
import dev.signalbox.server.rest.Problem;
import dev.signalbox.server.rest.Problems;
import dev.signalbox.server.rest.Request;
import dev.signalbox.server.rest.RequestBody;
import dev.signalbox.server.rest.Response;
import dev.signalbox.server.rest.Role;
import dev.signalbox.server.rest.Route;
import dev.signalbox.server.rest.UuidText;
import dev.signalbox.server.rest.Violations;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Cancels, retries, resolves, reschedules and deletes messages, one or all that a filter finds. Thread-safe. */
final class MessageActions {
    private static final Logger LOG = LoggerFactory.getLogger(MessageActions.class);
    private static final Set<String> NOTE = Set.of("note");
    private static final Set<String> SCHEDULE = Set.of("at", "in", "priority", "note");
    private static final Set<String> RETRYING = Set.of("note", "newKey");
    private static final Set<String> RESOLUTION = Set.of("outcome", "note");
    private static final Set<String> BULK = Set.of("action", "outcome", "newKey", "note", "filter", "limit", "dryRun");
    private static final int USUAL_LIMIT = 1_000;

    private static final Map<String, Action> OUTCOMES = Map.of(
            "arrived", Action.RESOLVE_ARRIVED,
            "not-arrived", Action.RESOLVE_NOT_ARRIVED,
            "retry", Action.RESOLVE_RETRY);

    private final DeliveryQueue queue;
    private final ControlPlane.Bounds bounds;
    private final InstantSource clock;

    /** @param clock the database's */
    MessageActions(DeliveryQueue queue, ControlPlane.Bounds bounds, InstantSource clock) {
        this.queue = queue;
        this.bounds = bounds;
        this.clock = clock;
    }

    List<Route> routes() {
        return List.of(
                Route.post("/api/messages/{id}/cancel", Role.ADMIN, this::cancel),
                Route.post("/api/messages/{id}/retry", Role.ADMIN, this::retry),
                Route.post("/api/messages/{id}/reschedule", Role.ADMIN, this::reschedule),
                Route.post("/api/messages/{id}/resolve", Role.ADMIN, this::resolve),
                Route.post("/api/messages/{id}/delete", Role.ADMIN, this::delete),
                Route.post("/api/messages/actions", Role.ADMIN, this::bulk));
    }

    private void cancel(Request request, Response response) throws IOException {
        var fields = OperatorBody.optional(request, bounds, NOTE);
        Remark remark = OperatorBody.remark(request, fields);
        OperatorBody.refuseWrong(fields.violations());
        change(request, response, Action.CANCEL, remark);
    }

    /** There is no history left for a note, so the log has it. */
    private void delete(Request request, Response response) throws IOException {
        var fields = OperatorBody.optional(request, bounds, NOTE);
        Remark remark = OperatorBody.remark(request, fields);
        OperatorBody.refuseWrong(fields.violations());
        change(request, response, Action.DELETE, remark);
        LOG.info("{} deleted message {}: {}", by(remark), request.parameter("id"), note(remark));
    }

    private static String by(Remark remark) {
        return remark.actor().orElse("someone");
    }

    private static String note(Remark remark) {
        return remark.note().orElse("no note");
    }

    private void reschedule(Request request, Response response) throws IOException {
        var fields = OperatorBody.fields(RequestBody.declaredJson(request, bounds.maxBody()), SCHEDULE, "a schedule");
        Optional<Schedule> schedule = new ScheduleReader(fields, clock).read();
        Remark remark = OperatorBody.remark(request, fields);
        OperatorBody.refuseWrong(fields.violations());
        String id = request.parameter("id");
        try {
            Change change = UuidText.parse(id)
                    .flatMap(uuid -> queue.reschedule(uuid, schedule.orElseThrow(), remark))
                    .orElseThrow(() -> Problems.noSuchMessage(id));
            if (!change.changed()) {
                throw new Problem(
                                409,
                                "the message is " + change.state() + " and cannot be rescheduled: only messages that"
                                        + " wait, in the state PENDING or RETRY_WAIT, can")
                        .with("state", change.state());
            }
            Json.send(response, Map.of("id", id, "state", change.state()));
        } catch (IllegalArgumentException refused) {
            throw Problems.refused(refused);
        }
    }

    private void retry(Request request, Response response) throws IOException {
        var fields = OperatorBody.optional(request, bounds, RETRYING);
        Action action = retry(fields);
        Remark remark = OperatorBody.remark(request, fields);
        OperatorBody.refuseWrong(fields.violations());
        change(request, response, action, remark);
    }

    private void resolve(Request request, Response response) throws IOException {
        var fields =
                OperatorBody.fields(RequestBody.declaredJson(request, bounds.maxBody()), RESOLUTION, "a resolution");
        Optional<Action> outcome = outcome(fields);
        Remark remark = OperatorBody.remark(request, fields);
        OperatorBody.refuseWrong(fields.violations());
        change(request, response, outcome.orElseThrow(), remark);
    }

    private static Action retry(JsonFields fields) {
        return fields.flag("newKey").orElse(false) ? Action.RETRY_NEW_KEY : Action.RETRY;
    }

    private static Optional<Action> outcome(JsonFields fields) {
        Optional<Action> outcome = fields.text("outcome").flatMap(name -> Optional.ofNullable(OUTCOMES.get(name)));
        fields.violations().check(outcome.isPresent(), "outcome", "must be arrived, not-arrived or retry");
        return outcome;
    }

    private void change(Request request, Response response, Action action, Remark remark) throws IOException {
        String id = request.parameter("id");
        Change change = UuidText.parse(id)
                .flatMap(uuid -> queue.change(uuid, action, remark))
                .orElseThrow(() -> Problems.noSuchMessage(id));
        if (!change.changed() && !already(action).equals(Optional.of(change.state()))) {
            throw new Problem(409, "the message is " + change.state() + refusal(action, change.state()))
                    .with("state", change.state());
        }
        Json.send(response, Map.of("id", id, "state", change.state()));
    }

    /** The state in which there is nothing left to do. None for a new key, and for a resolution, which records who found out. */
    private static Optional<MessageState> already(Action action) {
        return switch (action) {
            case CANCEL -> Optional.of(MessageState.CANCELLED);
            case RETRY -> Optional.of(MessageState.PENDING);
            case RETRY_NEW_KEY, RESOLVE_ARRIVED, RESOLVE_NOT_ARRIVED, RESOLVE_RETRY, DELETE -> Optional.empty();
        };
    }

    private static String refusal(Action action, MessageState state) {
        boolean expired = action.states().contains(state);
        return switch (action) {
            case CANCEL -> " and cannot be cancelled";
            case RETRY, RETRY_NEW_KEY -> " and cannot be retried" + (expired ? ": its expiry has passed" : "");
            case RESOLVE_RETRY -> expired ? " and cannot be retried: its expiry has passed" : onlyUnknown();
            case RESOLVE_ARRIVED, RESOLVE_NOT_ARRIVED -> onlyUnknown();
            case DELETE ->
                expired
                        ? " and cannot be deleted yet, since what was claimed before its end is still being sent; try"
                                + " again"
                        : " and cannot be deleted: only messages that have ended can. Cancel one that waits, resolve"
                                + " one that is UNKNOWN";
        };
    }

    private static String onlyUnknown() {
        return " and needs no resolution: only messages in the state UNKNOWN do";
    }

    private record Done(int matched, int changed, boolean more) {}

    private void bulk(Request request, Response response) throws IOException {
        var fields = OperatorBody.fields(RequestBody.declaredJson(request, bounds.maxBody()), BULK, "a bulk action");
        Optional<Action> action = action(fields);
        MessageFilter filter = filter(fields, action).withLimit(limit(fields));
        Remark remark = OperatorBody.remark(request, fields);
        boolean dryRun = fields.flag("dryRun").orElse(false);
        OperatorBody.refuseWrong(fields.violations());
        BulkChange done = queue.changeAll(filter, action.orElseThrow(), remark, dryRun);
        if (action.orElseThrow() == Action.DELETE && !dryRun) {
            LOG.info("{} deleted {} messages by a filter: {}", by(remark), done.changed(), note(remark));
        }
        Json.send(response, new Done(done.matched(), done.changed(), done.next().isPresent()));
    }

    private static Optional<Action> action(JsonFields fields) {
        String name = fields.text("action").orElse("");
        if (!name.equals("resolve")) {
            fields.violations()
                    .check(fields.text("outcome").isEmpty(), "outcome", "belongs to the action resolve only");
        }
        if (!name.equals("retry")) {
            fields.violations().check(fields.flag("newKey").isEmpty(), "newKey", "belongs to the action retry only");
        }
        return switch (name) {
            case "cancel" -> Optional.of(Action.CANCEL);
            case "retry" -> Optional.of(retry(fields));
            case "resolve" -> outcome(fields);
            case "delete" -> Optional.of(Action.DELETE);
            default -> {
                fields.violations().add("action", "must be cancel, retry, resolve or delete");
                yield Optional.empty();
            }
        };
    }

    private static int limit(JsonFields fields) {
        int limit = fields.integer("limit").orElse(USUAL_LIMIT);
        boolean possible = limit >= 1 && limit <= MessageFilter.MOST_CHANGED;
        fields.violations().check(possible, "limit", "must be 1 to " + MessageFilter.MOST_CHANGED);
        return possible ? limit : USUAL_LIMIT;
    }

    /** The state must be named, so that nobody changes everything by leaving the filter out. */
    private static MessageFilter filter(JsonFields fields, Optional<Action> action) {
        Violations violations = fields.violations();
        JsonNode object = fields.object("filter").orElseGet(JsonNodeFactory.instance::objectNode);
        var named = new JsonFields(object, "filter.", violations);
        named.refuseUnknown(MessageFilterReader.FIELDS, "a filter");
        MessageFilter filter = new MessageFilterReader(named, violations).read();
        action.filter(wanted -> !named.has("state") || filter.state().isPresent())
                .ifPresent(wanted -> checkState(filter.state(), wanted, violations));
        return filter;
    }

    private static void checkState(Optional<MessageState> state, Action action, Violations violations) {
        List<MessageState> possible = action.states();
        violations.check(
                state.map(possible::contains).orElse(possible.size() == 1 && possible.contains(MessageState.UNKNOWN)),
                "filter.state",
                "must be " + (possible.size() == 1 ? possible.getFirst() : "one of " + possible)
                        + ", whose messages this action can change");
    }
}
