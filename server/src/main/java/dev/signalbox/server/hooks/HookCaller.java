package dev.signalbox.server.hooks;

import dev.signalbox.delivery.webhook.SignedPost;
import dev.signalbox.http.CircuitBreaker;
import dev.signalbox.http.Exchange;
import dev.signalbox.server.hooks.HookMetrics.Outcome;
import dev.signalbox.server.rest.Json;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;

/** Asks the backend, bounded in number and in time, and leaves it alone while it fails. Thread-safe; blocks, for virtual threads. */
final class HookCaller implements AutoCloseable {
    private static final CircuitBreaker.Limits LIMITS =
            new CircuitBreaker.Limits(5, Duration.ofSeconds(1), Duration.ofSeconds(30));

    private final HookSettings settings;
    private final SignedPost post;
    private final HookMetrics metrics;
    private final Semaphore free;
    private final Map<Hook, CircuitBreaker> circuits = new EnumMap<>(Hook.class);

    /** With the key of the settings, which has to be there. */
    HookCaller(HookSettings settings, HookMetrics metrics) {
        this.settings = settings;
        this.metrics = metrics;
        this.post = SignedPost.with(settings.options(), settings.key().orElseThrow());
        this.free = new Semaphore(settings.concurrency());
        settings.urls()
                .keySet()
                .forEach(hook -> circuits.put(hook, new CircuitBreaker(LIMITS, System::nanoTime, _ -> {})));
    }

    /** Whether a backend is left alone just now. */
    boolean isOpen() {
        return circuits.values().stream().anyMatch(CircuitBreaker::isOpen);
    }

    /** The backend's answer to a question in JSON. */
    HookAnswer ask(Hook hook, Object question) throws HookException {
        if (!free.tryAcquire()) {
            metrics.ended(hook, Outcome.SKIPPED, Duration.ZERO);
            throw new HookException("as many questions are under way as may be (" + settings.concurrency() + ")");
        }
        try {
            Optional<CircuitBreaker.Permit> permit =
                    Objects.requireNonNull(circuits.get(hook)).enter();
            if (permit.isEmpty()) {
                metrics.ended(hook, Outcome.SKIPPED, Duration.ZERO);
                throw new HookException("the backend has failed again and again, and is left alone for a moment");
            }
            return timed(hook, permit.get(), question);
        } finally {
            free.release();
        }
    }

    private HookAnswer timed(Hook hook, CircuitBreaker.Permit permit, Object question) throws HookException {
        long began = System.nanoTime();
        Outcome outcome = Outcome.FAILED;
        try {
            HookAnswer answer = exchange(hook, question);
            outcome = answer.allow() ? Outcome.ALLOWED : Outcome.REFUSED;
            return answer;
        } finally {
            if (outcome == Outcome.FAILED) {
                permit.failed();
            } else {
                permit.succeeded();
            }
            metrics.ended(hook, outcome, Duration.ofNanos(System.nanoTime() - began));
        }
    }

    private HookAnswer exchange(Hook hook, Object question) throws HookException {
        Exchange exchange = post.post(
                Objects.requireNonNull(settings.urls().get(hook)),
                UUID.randomUUID().toString(),
                Json.text(question),
                settings.timeout());
        return switch (exchange) {
            case Exchange.Answered(var answer) -> HookAnswer.read(answer);
            case Exchange.NotWritten(String reason) -> throw new HookException(reason);
            case Exchange.NoAnswer(String reason) -> throw new HookException(reason);
        };
    }

    @Override
    public void close() {
        post.close();
    }
}
