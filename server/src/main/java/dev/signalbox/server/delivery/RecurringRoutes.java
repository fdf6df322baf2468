package dev.signalbox.server.delivery;

import dev.signalbox.delivery.queue.CronSchedule;
import dev.signalbox.delivery.queue.RecipientTime;
import dev.signalbox.delivery.queue.RecurringMessage;
import dev.signalbox.delivery.queue.RecurringMessages;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.rest.ControlPlane;
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
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/** Adds, shows and removes recurring messages. Thread-safe. */
final class RecurringRoutes {
    private static final String ALL = "/api/recurring";
    private static final String ONE = ALL + "/{name}";
    private static final Set<String> FIELDS = Set.of("name", "cron", "timeZone", "message");

    private final RecurringMessages recurring;
    private final RecurringReader reader;
    private final ControlPlane.Bounds bounds;

    RecurringRoutes(RecurringMessages recurring, RecurringReader reader, ControlPlane.Bounds bounds) {
        this.recurring = recurring;
        this.reader = reader;
        this.bounds = bounds;
    }

    List<Route> routes() {
        return List.of(
                Route.read(ALL, this::list),
                Route.post(ALL, Role.ADMIN, this::put),
                Route.read(ONE, this::show),
                Route.delete(ONE, Role.ADMIN, this::remove));
    }

    private record View(
            String name,
            String cron,
            String timeZone,
            JsonNode message,
            Instant nextAt,
            Optional<Instant> lastAt,
            Optional<String> problem) {}

    private static View view(RecurringMessage one) {
        try {
            return new View(
                    one.name(),
                    one.schedule().toString(),
                    one.zone().getId(),
                    Json.read(one.message()),
                    one.nextAt(),
                    one.lastAt(),
                    one.problem());
        } catch (Json.Malformed e) {
            throw new IllegalStateException("recurring message " + one.name() + " is not JSON", e);
        }
    }

    private void list(Request request, Response response) throws IOException {
        new Query(request, Set.of()).refuseWrong();
        Json.send(
                response,
                Map.of(
                        "items",
                        recurring.list().stream().map(RecurringRoutes::view).toList()));
    }

    private void put(Request request, Response response) throws IOException {
        JsonFields fields =
                OperatorBody.fields(RequestBody.declaredJson(request, bounds.maxBody()), FIELDS, "a recurring message");
        Violations violations = fields.violations();
        String name = fields.text("name").orElse("");
        Optional<CronSchedule> cron = read(fields, "cron", CronSchedule::parse);
        ZoneId zone = read(fields, "timeZone", RecipientTime::zone).orElse(ZoneId.of("UTC"));
        Optional<JsonNode> message = fields.object("message");
        violations.check(fields.has("name"), "name", "is required");
        violations.check(fields.has("cron"), "cron", "is required, such as 0 9 * * mon-fri");
        violations.check(fields.object().has("message"), "message", "is required: what to enqueue each time");
        message.map(reader::violations)
                .ifPresent(all -> all.forEach(wrong -> violations.add(wrong.field(), wrong.message())));
        OperatorBody.refuseWrong(violations);
        RecurringMessage put = put(name, cron.orElseThrow(), zone, message.orElseThrow());
        response.header("Location", ALL + "/" + put.name());
        Json.send(response, 201, view(put));
    }

    private RecurringMessage put(String name, CronSchedule cron, ZoneId zone, JsonNode message) {
        try {
            return recurring.put(name, cron, zone, message.toString());
        } catch (IllegalArgumentException refused) {
            throw Problems.refused(refused);
        }
    }

    private static <T> Optional<T> read(JsonFields fields, String name, Function<String, T> parser) {
        try {
            return fields.text(name).filter(text -> !text.isEmpty()).map(parser);
        } catch (IllegalArgumentException wrong) {
            fields.violations().add(name, FailureText.of(wrong));
            return Optional.empty();
        }
    }

    private void show(Request request, Response response) throws IOException {
        String name = request.parameter("name");
        Json.send(response, view(recurring.find(name).orElseThrow(() -> missing(name))));
    }

    private void remove(Request request, Response response) throws IOException {
        String name = request.parameter("name");
        if (!recurring.remove(name)) {
            throw missing(name);
        }
        response.status(204).send();
    }

    private static Problem missing(String name) {
        return new Problem(404, "there is no recurring message '" + name.replaceAll("\\p{Cntrl}", "?") + "'");
    }
}
