package dev.signalbox.server.rest;

import dev.signalbox.server.configuration.FailureText;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers whatever goes wrong with a problem document. What is our own fault is logged, and told by its log id only. */
final class ErrorAnswers {
    private static final Logger LOG = LoggerFactory.getLogger(ErrorAnswers.class);

    /** How long the log does not repeat that something is not available. */
    private static final Duration QUIET = Duration.ofMinutes(1);

    private final Map<Class<? extends RuntimeException>, String> outages;
    private final Map<String, Long> toldNanos = new ConcurrentHashMap<>();

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
            send(response, outage(failure).orElseGet(() -> fault(failure)));
        }
    }

    static void send(Response response, Problem problem) throws IOException {
        if (response.begun()) {
            throw new ClientGoneException(
                    "the answer had begun when the request failed: " + FailureText.of(problem), problem);
        }
        SecurityHeaders.set(response::header);
        Json.send(response, problem);
    }

    private Optional<Problem> outage(Throwable failure) {
        return outages.entrySet().stream()
                .filter(outage -> outage.getKey().isInstance(failure))
                .map(Map.Entry::getValue)
                .findFirst()
                .map(what -> unavailable(what, failure));
    }

    private Problem unavailable(String what, Throwable failure) {
        if (isNews(what)) {
            LOG.warn("Requests are refused: {} is not available", what, failure);
        } else {
            LOG.debug("A request is refused: {} is not available", what, failure);
        }
        return new Problem(503, what + " is not available: " + FailureText.of(failure) + ". Try again later")
                .header("Retry-After", "5");
    }

    /** Every request fails during an outage, and a log that has each of them fills what may be a full disk. */
    private boolean isNews(String what) {
        long now = System.nanoTime();
        Long before = toldNanos.get(what);
        boolean news = before == null || now - before >= QUIET.toNanos();
        return news
                && (before == null ? toldNanos.putIfAbsent(what, now) == null : toldNanos.replace(what, before, now));
    }

    private static Problem fault(Throwable failure) {
        String id = UUID.randomUUID().toString();
        LOG.error("A request failed with an internal error; the answer names it {}", id, failure);
        return new Problem(500, "internal error; the server's log has the details under " + id);
    }
}
