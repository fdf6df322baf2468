package dev.signalbox.server.rest;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers whatever goes wrong with a problem document. What is our own fault is logged, and told by its log id only. */
final class ErrorAnswers {
    private static final Logger LOG = LoggerFactory.getLogger(ErrorAnswers.class);

    private final Map<Class<? extends RuntimeException>, String> outages;

    /** @param outages exceptions that mean that something is not there right now, and what */
    ErrorAnswers(Map<Class<? extends RuntimeException>, String> outages) {
        this.outages = outages;
    }

    /** Handles a request, or part of it. */
    @FunctionalInterface
    interface Handling {
        void run() throws IOException;
    }

    /** Throws an {@link IOException} if the client is gone, or the answer has begun and cannot be ended well any more. */
    void answering(Response response, Handling handling) throws IOException {
        try {
            handling.run();
        } catch (Problem problem) {
            send(response, problem);
        } catch (ClientGoneException gone) {
            throw gone;
        } catch (IOException | RuntimeException | Error failure) {
            send(response, outage(failure).map(ErrorAnswers::unavailable).orElseGet(() -> fault(failure)));
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

    private Optional<String> outage(Throwable failure) {
        return outages.entrySet().stream()
                .filter(outage -> outage.getKey().isInstance(failure))
                .map(Map.Entry::getValue)
                .findFirst()
                .map(what -> {
                    LOG.warn("{} is not available", what, failure);
                    return what;
                });
    }

    private static Problem unavailable(String what) {
        return new Problem(503, what + " is not available; try again").header("Retry-After", "5");
    }

    private static Problem fault(Throwable failure) {
        String id = UUID.randomUUID().toString();
        LOG.error("A request failed with an internal error; the answer names it {}", id, failure);
        return new Problem(500, "something went wrong here; the log has it under " + id);
    }
}
