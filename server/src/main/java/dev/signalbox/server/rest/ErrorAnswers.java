package dev.signalbox.server.rest;

import dev.signalbox.delivery.queue.DeliveryQueueException;
import dev.signalbox.session.bus.SessionBusException;
import io.helidon.common.buffers.DataReader.InsufficientDataAvailableException;
import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.HttpException;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerResponse;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers whatever goes wrong with a problem document. What is our own fault is logged, and told by its log id only. */
final class ErrorAnswers {
    private static final Logger LOG = LoggerFactory.getLogger(ErrorAnswers.class);

    private ErrorAnswers() {}

    static void describe(HttpRouting.Builder routing) {
        routing.error(Problem.class, (request, response, problem) -> send(response, problem))
                .error(HttpException.class, (request, response, refused) -> send(response, refused(refused)))
                .error(
                        DeliveryQueueException.class,
                        (request, response, failure) -> send(response, unavailable(failure)))
                .error(SessionBusException.class, (request, response, failure) -> send(response, unavailable(failure)))
                .error(InsufficientDataAvailableException.class, (request, response, cut) -> {
                    throw new CloseConnectionException("the client left in the middle of its request", cut);
                })
                .error(Throwable.class, (request, response, failure) -> send(response, fault(failure)));
    }

    private static void send(ServerResponse response, Problem problem) {
        SecurityHeaders.set(response.headers());
        Json.send(response, problem);
    }

    private static Problem refused(HttpException refused) {
        return new Problem(refused.status(), String.valueOf(refused.getMessage()));
    }

    private static Problem unavailable(DeliveryQueueException failure) {
        LOG.warn("The queue is not available", failure);
        return new Problem(Status.SERVICE_UNAVAILABLE_503, "the queue's database is not available; try again")
                .header("Retry-After", "5");
    }

    private static Problem unavailable(SessionBusException failure) {
        LOG.warn("The session store is not available", failure);
        return new Problem(Status.SERVICE_UNAVAILABLE_503, "the session store is not available; try again")
                .header("Retry-After", "5");
    }

    private static Problem fault(Throwable failure) {
        String id = UUID.randomUUID().toString();
        LOG.error("A request failed; the caller was told {}", id, failure);
        return new Problem(Status.INTERNAL_SERVER_ERROR_500, "something went wrong here; the log has it under " + id);
    }

    /** For requests that are not even HTTP, or not as the web server wants it. */
    static DirectHandlers beforeRouting() {
        var handlers = DirectHandlers.builder();
        for (DirectHandler.EventType type : DirectHandler.EventType.values()) {
            handlers.addHandler(type, ErrorAnswers::direct);
        }
        return handlers.build();
    }

    private static DirectHandler.TransportResponse direct(
            DirectHandler.TransportRequest request,
            DirectHandler.EventType type,
            Status status,
            ServerResponseHeaders headers,
            String message) {
        SecurityHeaders.set(headers);
        headers.set(HeaderNames.CONTENT_TYPE, "application/problem+json");
        return DirectHandler.TransportResponse.builder()
                .status(status)
                .headers(headers)
                .keepAlive(type.keepAlive())
                .entity(Json.write(new Problem(status, message).document()))
                .build();
    }
}
