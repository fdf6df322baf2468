package dev.signalbox.server.delivery;

import dev.signalbox.delivery.queue.BatchConflictException;
import dev.signalbox.delivery.queue.DeliveryQueue.Receipt;
import dev.signalbox.delivery.queue.DeliveryQueueException;
import dev.signalbox.delivery.queue.MessageBatch;
import dev.signalbox.delivery.queue.MessageBatches;
import dev.signalbox.delivery.queue.MessageBatches.Creation;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.delivery.queue.Reach;
import dev.signalbox.delivery.queue.Step;
import dev.signalbox.router.MessageId;
import dev.signalbox.server.rest.ControlPlane;
import dev.signalbox.server.rest.InvalidMessageException;
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
import dev.signalbox.server.rest.UuidText;
import dev.signalbox.server.rest.Violations;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/** Enqueues batches of messages and shows them. Thread-safe. */
final class BatchRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(BatchRoutes.class);
    private static final String ALL = "/api/batches";
    private static final String ONE = ALL + "/{id}";
    private static final Set<String> PARAMETERS = Set.of("cursor", "limit");
    private static final Set<String> FIELDS = Set.of("id", "callback", "messages");

    private final MessageBatches batches;
    private final ReachReader reader;
    private final StepReader steps;
    private final DeliveryMetrics metrics;
    private final ControlPlane.Bounds bounds;

    BatchRoutes(
            MessageBatches batches,
            ReachReader reader,
            StepReader steps,
            DeliveryMetrics metrics,
            ControlPlane.Bounds bounds) {
        this.batches = batches;
        this.reader = reader;
        this.steps = steps;
        this.metrics = metrics;
        this.bounds = bounds;
    }

    List<Route> routes() {
        return List.of(
                Route.read(ALL, this::list), Route.post(ALL, Role.SENDER, this::create), Route.read(ONE, this::show));
    }

    /** @param callback as it was written; {@code message} is the one that tells */
    private record View(
            UUID id,
            Instant createdAt,
            int total,
            int done,
            int failed,
            int open,
            Map<MessageState, Integer> ended,
            Optional<Instant> completedAt,
            Optional<String> callback,
            Optional<UUID> message) {
        static View of(MessageBatch batch) {
            Optional<String> callback = batch.callback().isEmpty()
                    ? Optional.empty()
                    : Optional.of(batch.callback().stream().map(Step::toString).collect(Collectors.joining(" > ")));
            return new View(
                    batch.id(),
                    batch.createdAt(),
                    batch.total(),
                    batch.done(),
                    batch.failed(),
                    batch.open(),
                    new TreeMap<>(batch.ended()),
                    batch.completedAt(),
                    callback,
                    batch.toldBy());
        }
    }

    private record Taken(UUID id, boolean duplicate, boolean conflict) {
        static Taken of(Receipt receipt) {
            return new Taken(receipt.id(), receipt.duplicate(), receipt.conflict());
        }
    }

    private record Created(View batch, boolean duplicate, List<Taken> messages) {}

    private void create(Request request, Response response) throws IOException {
        MessageRoutes.refuseIdempotencyKey(request, "give the batch an id");
        JsonFields fields = OperatorBody.fields(RequestBody.declaredJson(request, bounds.maxBody()), FIELDS, "a batch");
        Violations violations = fields.violations();
        Optional<String> given = fields.text("id");
        Optional<UUID> id = given.flatMap(UuidText::parse);
        violations.check(given.isEmpty() || id.isPresent(), "id", "is not a UUID");
        List<Step> callback = fields.text("callback")
                .map(text -> steps.chain("callback", text, violations))
                .orElse(List.of());
        List<Reach> messages = messages(fields, reader.within(request.header("traceparent")));
        OperatorBody.refuseWrong(violations);
        Creation creation = created(id.orElseGet(MessageId::next), messages, callback);
        metrics.accepted(creation.receipts().stream()
                .filter(receipt -> !receipt.duplicate())
                .count());
        response.header("Location", ALL + "/" + creation.batch().id());
        Json.send(
                response,
                creation.duplicate() ? 200 : 201,
                new Created(
                        View.of(creation.batch()),
                        creation.duplicate(),
                        creation.receipts().stream().map(Taken::of).toList()));
    }

    private Creation created(UUID id, List<Reach> messages, List<Step> callback) {
        try {
            return batches.create(id, messages, callback);
        } catch (BatchConflictException conflict) {
            throw Conflicts.sameBatchId(conflict);
        } catch (DeliveryQueueException failure) {
            LOG.warn("Batch {} may or may not be in the queue", id, failure);
            throw Conflicts.batchInDoubt(id);
        } catch (IllegalArgumentException refused) {
            throw Problems.refused(refused);
        }
    }

    private static List<Reach> messages(JsonFields fields, ReachReader reader) {
        Violations violations = fields.violations();
        List<JsonNode> nodes = fields.array("messages")
                .map(array -> List.copyOf(array.values()))
                .orElse(List.of());
        violations.check(
                !nodes.isEmpty() && nodes.size() <= MessageBatches.MOST,
                "messages",
                "must hold 1 to " + MessageBatches.MOST + " messages");
        List<Reach> messages = new ArrayList<>();
        for (int i = 0; i < Math.min(nodes.size(), MessageBatches.MOST); i++) {
            try {
                messages.add(reader.read(nodes.get(i)));
            } catch (InvalidMessageException invalid) {
                String place = "messages[" + i + "]";
                invalid.violations()
                        .forEach(wrong -> violations.add(
                                wrong.field().isEmpty() ? place : place + "." + wrong.field(), wrong.message()));
            }
        }
        return messages;
    }

    private record Listed(List<View> items, Optional<String> next) {}

    private void list(Request request, Response response) throws IOException {
        var query = new Query(request, PARAMETERS);
        int limit = query.limit();
        query.refuseWrong();
        try {
            MessageBatches.Page page = batches.list(query.text("cursor"), limit);
            Json.send(response, new Listed(page.items().stream().map(View::of).toList(), page.next()));
        } catch (IllegalArgumentException refused) {
            throw Problems.refused(refused);
        }
    }

    private void show(Request request, Response response) throws IOException {
        String id = request.parameter("id");
        Json.send(
                response,
                UuidText.parse(id)
                        .flatMap(batches::find)
                        .map(View::of)
                        .orElseThrow(() ->
                                new Problem(404, "there is no batch '" + id.replaceAll("\\p{Cntrl}", "?") + "'")));
    }
}
