package dev.signalbox.server.delivery;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.signalbox.delivery.queue.Channel;
import dev.signalbox.delivery.queue.DeliveryQueue;
import dev.signalbox.delivery.queue.DeliveryQueue.Attempt;
import dev.signalbox.delivery.queue.DeliveryQueue.Page;
import dev.signalbox.delivery.queue.DeliveryQueueException;
import dev.signalbox.delivery.queue.Dispatcher;
import dev.signalbox.delivery.queue.Dispatcher.DispatchState;
import dev.signalbox.delivery.queue.MessageFilter;
import dev.signalbox.delivery.queue.MessageState;
import dev.signalbox.server.configuration.FailureText;
import dev.signalbox.server.rest.Json;
import dev.signalbox.server.rest.Query;
import dev.signalbox.server.rest.Request;
import dev.signalbox.server.rest.Response;
import dev.signalbox.server.rest.Role;
import dev.signalbox.server.rest.Route;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The routes of go-message-dispatcher with its statuses, messages and field names, so that scripts written for it go on
 * working. Two things differ: ids are UUIDs where it had integers, and the list of sent messages comes in pages, linked
 * by a {@code Link} header.
 */
final class MessagingRoutes {
    private static final Logger LOG = LoggerFactory.getLogger(MessagingRoutes.class);

    private final DeliveryQueue queue;
    private final Dispatcher dispatcher;
    private final ShownBodies bodies;

    public MessagingRoutes(DeliveryQueue queue, Dispatcher dispatcher, ShownBodies bodies) {
        this.queue = queue;
        this.dispatcher = dispatcher;
        this.bodies = bodies;
    }

    public List<Route> routes() {
        return List.of(
                Route.post("/api/messaging/start", Role.ADMIN, this::start),
                Route.post("/api/messaging/stop", Role.ADMIN, this::stop),
                Route.read("/api/messages/sent", this::sent));
    }

    private record Control(String status, String message) {}

    private record Failure(String error, String message) {}

    private void start(Request request, Response response) throws IOException {
        if (dispatcher.state() == DispatchState.RUNNING) {
            Json.send(response, new Control("running", "Message processing is already running"));
            return;
        }
        control(response, dispatcher::start, "started", "start_failed");
    }

    private void stop(Request request, Response response) throws IOException {
        if (dispatcher.state() == DispatchState.PAUSED) {
            Json.send(response, new Control("stopped", "Message processing is not running"));
            return;
        }
        control(response, dispatcher::pause, "stopped", "stop_failed");
    }

    private static void control(Response response, Runnable action, String done, String failed) throws IOException {
        try {
            action.run();
        } catch (RuntimeException failure) {
            LOG.warn("The dispatch could not be {}", done, failure);
            fail(response, failed, FailureText.of(failure));
            return;
        }
        Json.send(response, new Control(done, "Message processing " + done + " successfully"));
    }

    private static void fail(Response response, String error, String message) throws IOException {
        Json.send(response, 500, new Failure(error, message));
    }

    private record SentMessages(List<SentMessage> messages, long total) {}

    private record SentMessage(
            UUID id,
            @JsonProperty("phone_number") String phoneNumber,
            String content,
            boolean sent,
            @JsonProperty("created_at") Instant createdAt,
            @JsonProperty("message_id") Optional<String> messageId,
            @JsonProperty("cached_at") Optional<Instant> cachedAt) {}

    private void sent(Request request, Response response) throws IOException {
        var query = new Query(request, Set.of("limit", "cursor"));
        int limit = query.limit();
        MessageFilter filter = new MessageFilterReader(query, query.violations())
                .with(
                        MessageFilter.ALL.withState(MessageState.SENT).withChannel(Optional.of(Channel.SMS)),
                        "cursor",
                        MessageFilter::withCursor);
        query.refuseWrong();
        try {
            Page page = page(filter.withLimit(limit));
            long total = queue.counts().sentByChannel().getOrDefault(Channel.SMS, 0L);
            page.next().ifPresent(next -> link(response, next, limit));
            Json.send(
                    response,
                    new SentMessages(
                            page.items().stream()
                                    .map(status -> sent(status, bodies.to(request)))
                                    .toList(),
                            total));
        } catch (DeliveryQueueException failure) {
            LOG.warn("The sent messages could not be listed", failure);
            fail(response, "retrieval_failed", "Failed to retrieve sent messages");
        }
    }

    /** Callers of go-message-dispatcher take an empty page for the end, so the search goes on until it found one or is done. */
    private Page page(MessageFilter filter) {
        Page page = queue.list(filter);
        while (page.items().isEmpty() && page.next().isPresent()) {
            page = queue.list(filter.withCursor(page.next()));
        }
        return page;
    }

    private static void link(Response response, String next, int limit) {
        String cursor = URLEncoder.encode(next, StandardCharsets.UTF_8);
        response.header("Link", "</api/messages/sent?limit=" + limit + "&cursor=" + cursor + ">; rel=\"next\"");
    }

    private static SentMessage sent(DeliveryQueue.Status status, ShownBodies bodies) {
        Optional<Attempt> success = status.attempts().reversed().stream()
                .filter(attempt -> attempt.state() == MessageState.SENT)
                .findFirst();
        return new SentMessage(
                status.reach().id(),
                success.map(Attempt::address)
                        .orElseGet(() -> status.reach().steps().getLast().address()),
                bodies.of(status.reach()),
                true,
                status.acceptedAt(),
                success.flatMap(Attempt::providerId),
                success.map(Attempt::at));
    }
}
