package dev.signalbox.server.delivery;

import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.DeliveryQueue.BulkChange;
import dev.signalbox.delivery.queue.DeliveryQueue.Page;
import dev.signalbox.delivery.queue.DeliveryQueue.Receipt;
import dev.signalbox.delivery.queue.DeliveryReceipts;
import dev.signalbox.delivery.queue.EnqueueInDoubtException;
import dev.signalbox.delivery.queue.MessageFilter;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.ReachConflictException;
import dev.signalbox.server.rest.ControlPlane;
import dev.signalbox.server.rest.FileBackedOutputStream;
import dev.signalbox.server.rest.IdempotencyKey;
import dev.signalbox.server.rest.InvalidMessageException;
import dev.signalbox.server.rest.Json;
import dev.signalbox.server.rest.LineReader;
import dev.signalbox.server.rest.Problems;
import dev.signalbox.server.rest.Query;
import dev.signalbox.server.rest.Request;
import dev.signalbox.server.rest.RequestBody;
import dev.signalbox.server.rest.Response;
import dev.signalbox.server.rest.Role;
import dev.signalbox.server.rest.Route;
import dev.signalbox.server.rest.UuidText;
import dev.signalbox.server.rest.Violation;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Enqueues messages and shows them. Thread-safe. */
final class MessageRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(MessageRoutes.class);
    private static final String NDJSON = "application/x-ndjson";
    private static final Set<String> PARAMETERS = Stream.concat(
                    MessageFilterReader.FIELDS.stream(), Stream.of("cursor", "limit"))
            .collect(Collectors.toUnmodifiableSet());

    private final DeliveryQueue queue;
    private final DeliveryMetrics metrics;
    private final ReachReader reader;
    private final ControlPlane.Bounds bounds;
    private final BulkRequests bulks;
    private final DeliveryReceipts receipts;
    private final ShownBodies bodies;

    MessageRoutes(
            DeliveryQueue queue,
            DeliveryMetrics metrics,
            ReachReader reader,
            ControlPlane.Bounds bounds,
            BulkRequests bulks,
            DeliveryReceipts receipts,
            ShownBodies bodies) {
        this.queue = queue;
        this.bodies = bodies;
        this.receipts = receipts;
        this.metrics = metrics;
        this.reader = reader;
        this.bounds = bounds;
        this.bulks = bulks;
    }

    public List<Route> routes() {
        return List.of(
                Route.post("/api/messages", Role.SENDER, this::enqueue),
                Route.read("/api/messages", this::list),
                Route.read("/api/messages/count", this::count),
                Route.read("/api/messages/{id}", this::show));
    }

    private void enqueue(Request request, Response response) throws IOException {
        switch (RequestBody.type(request)) {
            case "application/json" -> one(request, response);
            case NDJSON ->
                bulk(request, response, UnaryOperator.identity(), lines -> BulkSource.ndjson(lines, reader(request)));
            case "text/csv" ->
                bulk(request, response, CsvRow::column, lines -> BulkSource.csv(new CsvReader(lines), reader(request)));
            default -> throw RequestBody.unsupportedType(request, "application/json, application/x-ndjson, text/csv");
        }
    }

    private ReachReader reader(Request request) {
        return reader.within(request.header("traceparent"));
    }

    private void one(Request request, Response response) throws IOException {
        Optional<String> idempotencyKey = IdempotencyKey.of(request);
        Reach offered = valid(request);
        boolean keyed = idempotencyKey.isPresent() && offered.dedupeKey().isEmpty();
        Receipt receipt = stored(keyed ? offered.withDedupeKey(idempotencyKey.orElseThrow()) : offered, keyed);
        if (!receipt.duplicate()) {
            metrics.accepted(1);
        }
        response.header("Location", "/api/messages/" + receipt.id());
        Json.send(response, 202, new Accepted(receipt.id(), receipt.duplicate()));
    }

    private record Accepted(UUID id, boolean duplicate) {}

    private Reach valid(Request request) throws IOException {
        try {
            return reader(request).read(RequestBody.json(request, bounds.maxBody()));
        } catch (InvalidMessageException invalid) {
            throw Problems.invalid(invalid.violations());
        }
    }

    /** @param keyed whether the header Idempotency-Key gave the dedupe key; the id can be the other's all the same */
    private Receipt stored(Reach reach, boolean keyed) {
        try {
            return queue.enqueue(reach);
        } catch (ReachConflictException conflict) {
            Receipt standing = conflict.receipt();
            boolean sameId = standing.id().equals(reach.id());
            throw keyed && !sameId ? Conflicts.sameIdempotencyKey(standing) : Conflicts.sameIdOrKey(standing);
        } catch (EnqueueInDoubtException doubt) {
            LOG.warn("Message {} may or may not be in the queue", reach.id(), doubt);
            throw Conflicts.inDoubt(reach.id());
        } catch (IllegalArgumentException invalid) {
            throw Problems.refused(invalid);
        }
    }

    /** Opens a bulk source on a request; it may refuse what comes first, such as a header row. */
    private interface SourceOpener {
        BulkSource open(LineReader lines) throws IOException;
    }

    private void bulk(Request request, Response response, UnaryOperator<String> shown, SourceOpener opener)
            throws IOException {
        refuseIdempotencyKey(request, "give each line a dedupe key");
        RequestBody.refuseLongerThan(request, bounds.maxBulk());
        try (var spool = new FileBackedOutputStream()) {
            try (var in = request.body()) {
                var lines = new LineReader(in, bounds.maxBody(), bounds.maxBulk());
                var intake = new BulkIntake(queue, spool, shown, bulks::isStopping);
                metrics.accepted(intake.take(opener.open(lines)));
                bulks.discardRest(in);
            }
            response.header("Content-Type", NDJSON);
            try (OutputStream out = response.outputStream()) {
                spool.transferTo(out);
            }
        }
    }

    /**
     * For a request of several messages, which one key cannot name.
     *
     * @param instead what names them, as advice
     */
    static void refuseIdempotencyKey(Request request, String instead) {
        if (request.header(IdempotencyKey.HEADER).isPresent()) {
            throw Problems.invalid(
                    List.of(new Violation(IdempotencyKey.HEADER, "is for one message; " + instead + " instead")));
        }
    }

    private void list(Request request, Response response) throws IOException {
        var query = new Query(request, PARAMETERS);
        int limit = query.limit();
        var reading = new MessageFilterReader(query, query.violations());
        MessageFilter filter = reading.with(reading.read(), "cursor", MessageFilter::withCursor);
        query.refuseWrong();
        Page page = queue.list(filter.withLimit(limit));
        var answer = new LinkedHashMap<String, Object>();
        answer.put(
                "items",
                page.items().stream()
                        .map(status -> MessageView.of(status, bodies.to(request)))
                        .toList());
        page.next().ifPresent(next -> answer.put("next", next));
        page.searched().ifPresent(searched -> answer.put("searched", searched));
        Json.send(response, answer);
    }

    private record Counted(int count, boolean more) {}

    private void count(Request request, Response response) throws IOException {
        var query = new Query(request, MessageFilterReader.FIELDS);
        MessageFilter filter = new MessageFilterReader(query, query.violations()).read();
        query.refuseWrong();
        BulkChange counted = queue.count(filter.withLimit(MessageFilter.MOST_CHANGED));
        Json.send(response, new Counted(counted.matched(), counted.next().isPresent()));
    }

    private void show(Request request, Response response) throws IOException {
        String id = request.parameter("id");
        Json.send(
                response,
                UuidText.parse(id)
                        .flatMap(queue::find)
                        .map(status -> MessageView.of(
                                status,
                                bodies.to(request),
                                receipts.of(status.reach().id())))
                        .orElseThrow(() -> Problems.noSuchMessage(id)));
    }
}
