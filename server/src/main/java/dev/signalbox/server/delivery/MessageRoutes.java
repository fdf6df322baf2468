package dev.signalbox.server.delivery;

import dev.signalbox.server.rest.Route;
import dev.signalbox.server.rest.Response;
import dev.signalbox.server.rest.UuidText;
import dev.signalbox.server.rest.Json;
import dev.signalbox.server.rest.LineReader;
import dev.signalbox.server.rest.Problems;
import dev.signalbox.server.rest.Problem;
import dev.signalbox.server.rest.RequestBody;
import dev.signalbox.server.rest.Request;
import dev.signalbox.server.rest.Spool;
import dev.signalbox.server.rest.Query;
import dev.signalbox.server.rest.ControlPlane;
import dev.signalbox.server.rest.InvalidMessageException;

import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.DeliveryQueue.Filter;
import dev.signalbox.delivery.queue.DeliveryQueue.Page;
import dev.signalbox.delivery.queue.DeliveryQueue.Receipt;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.State;
import dev.signalbox.server.rest.Role;
import java.io.IOException;
import java.io.OutputStream;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/** Enqueues messages, shows them, and changes their fate. */
public final class MessageRoutes {
    private static final String NDJSON = "application/x-ndjson";
    private static final Set<String> FILTERS = Set.of("state", "channel", "address", "cursor", "limit");

    private final DeliveryQueue queue;
    private final DeliveryMetrics metrics;
    private final ReachReader reader;
    private final ControlPlane.Options options;

    public MessageRoutes(ControlPlane.Services services, ControlPlane.Options options, InstantSource clock) {
        this.queue = services.queue();
        this.metrics = services.metrics();
        this.reader = new ReachReader(services.addresses(), options.maxAttempts(), clock);
        this.options = options;
    }

    public List<Route> routes() {
        return List.of(
                Route.post("/api/messages", Role.SENDER, this::enqueue),
                Route.read("/api/messages", this::list),
                Route.read("/api/messages/{id}", this::show),
                Route.post("/api/messages/{id}/cancel", Role.ADMIN, this::cancel),
                Route.post("/api/messages/{id}/retry", Role.ADMIN, this::retry));
    }

    private void enqueue(Request request, Response response) throws IOException {
        switch (RequestBody.type(request)) {
            case "application/json" -> one(request, response);
            case NDJSON -> bulk(request, response, lines -> BulkSource.ndjson(lines, reader));
            case "text/csv" -> bulk(request, response, lines -> BulkSource.csv(new CsvReader(lines), reader));
            default -> throw RequestBody.unsupportedType(request, "application/json, application/x-ndjson, text/csv");
        }
    }

    private void one(Request request, Response response) throws IOException {
        Reach reach = valid(request);
        Receipt receipt = stored(reach);
        if (!receipt.duplicate()) {
            metrics.accepted(1);
        }
        response.header("Location", "/api/messages/" + receipt.id());
        Json.send(response, 202, receipt);
    }

    private Reach valid(Request request) throws IOException {
        try {
            return reader.read(RequestBody.json(request, options.maxBody()));
        } catch (InvalidMessageException invalid) {
            throw Problems.invalid(invalid.violations());
        }
    }

    private Receipt stored(Reach reach) {
        try {
            return queue.enqueue(reach);
        } catch (IllegalArgumentException invalid) {
            throw Problems.refused(invalid);
        }
    }

    /** Opens a bulk source on a request; it may refuse what comes first, such as a header row. */
    private interface SourceOpener {
        BulkSource open(LineReader lines) throws IOException;
    }

    private void bulk(Request request, Response response, SourceOpener opener) throws IOException {
        RequestBody.refuseLongerThan(request, options.maxBulk());
        try (var spool = new Spool()) {
            try (var in = request.body()) {
                var lines = new LineReader(in, options.maxBody(), options.maxBulk());
                metrics.accepted(new BulkIntake(queue, spool).take(opener.open(lines)));
            }
            response.header("Content-Type", NDJSON);
            try (OutputStream out = response.outputStream()) {
                spool.transferTo(out);
            }
        }
    }

    private void list(Request request, Response response) throws IOException {
        var query = new Query(request, FILTERS);
        var filter = new Filter(
                query.value("state", MessageRoutes::state, "must be one of " + List.of(State.values())),
                query.value("channel", Channel::new, "must be the name of a channel, such as sms"),
                query.text("address"),
                query.text("cursor"),
                query.limit());
        query.refuseWrong();
        Page page = Query.page(queue, filter);
        var answer = new LinkedHashMap<String, Object>();
        answer.put("items", page.items().stream().map(MessageView::of).toList());
        page.next().ifPresent(next -> answer.put("next", next));
        Json.send(response, answer);
    }

    private static State state(String name) {
        return State.valueOf(name.toUpperCase(Locale.ROOT));
    }

    private void show(Request request, Response response) throws IOException {
        String id = request.parameter("id");
        Json.send(
                response,
                UuidText.parse(id)
                        .flatMap(queue::find)
                        .map(MessageView::of)
                        .orElseThrow(() -> Problems.noSuchMessage(id)));
    }

    private void cancel(Request request, Response response) throws IOException {
        change(request, response, queue::cancel, State.CANCELLED, "cannot be cancelled");
    }

    private void retry(Request request, Response response) throws IOException {
        change(request, response, queue::retry, State.PENDING, "cannot be retried");
    }

    private static void change(
            Request request, Response response, Function<UUID, Optional<State>> change, State wanted, String refusal)
            throws IOException {
        String id = request.parameter("id");
        State state = UuidText.parse(id).flatMap(change).orElseThrow(() -> Problems.noSuchMessage(id));
        if (state != wanted) {
            throw new Problem(409, "the message is " + state + " and " + refusal).with("state", state);
        }
        Json.send(response, Map.of("id", id, "state", state));
    }
}
