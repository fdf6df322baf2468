package dev.signalbox.server.rest;

import dev.signalbox.delivery.queue.DeliveryQueueException;
import dev.signalbox.session.bus.SessionBusException;
import java.io.IOException;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers whatever goes wrong with a problem document. What is our own fault is logged, and told by its log id only. */
final class ErrorAnswers {
    private static final Logger LOG = LoggerFactory.getLogger(ErrorAnswers.class);

    private ErrorAnswers() {}

    /** Handles a request, or part of it. */
    @FunctionalInterface
    interface Handling {
        void run() throws IOException;
    }

    /** Throws an {@link IOException} if the client is gone, or the answer has begun and cannot be ended well any more. */
    static void answering(Response response, Handling handling) throws IOException {
        try {
            handling.run();
        } catch (Problem problem) {
            send(response, problem);
        } catch (ClientGoneException gone) {
            throw gone;
        } catch (DeliveryQueueException failure) {
            LOG.warn("The queue is not available", failure);
            send(response, unavailable("the queue's database"));
        } catch (SessionBusException failure) {
            LOG.warn("The session store is not available", failure);
            send(response, unavailable("the session store"));
        } catch (IOException | RuntimeException | Error failure) {
            send(response, fault(failure));
        }
    }

    static void send(Response response, Problem problem) throws IOException {
        if (response.begun()) {
            throw new ClientGoneException(
                    "the answer had begun when the request failed: " + problem.getMessage(), problem);
        }
        SecurityHeaders.set(response::header);
        Json.send(response, problem);
    }

    private static Problem unavailable(String what) {
        return new Problem(503, what + " is not available; try again").header("Retry-After", "5");
    }

    private static Problem fault(Throwable failure) {
        String id = UUID.randomUUID().toString();
        LOG.error("A request failed; the caller was told {}", id, failure);
        return new Problem(500, "something went wrong here; the log has it under " + id);
    }
}
