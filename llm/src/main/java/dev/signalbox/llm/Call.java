package dev.signalbox.llm;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.signalbox.http.CircuitBreaker;
import dev.signalbox.llm.LlmException.Unavailable.Stage;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One question on its way: from model to model, at each from attempt to attempt. Runs on one thread, which waits for the
 * attempts; {@link #cancel} may come from any.
 */
final class Call implements LlmStream {
    private static final Logger LOG = LoggerFactory.getLogger(Call.class);

    /** Race: the first of the call's thread and the canceller to leave OPEN decides how the call ends. */
    private enum Fate {
        OPEN,
        DECIDED,
        CANCELLED
    }

    private final LlmClient client;
    private final LlmOptions options;
    private final LlmRequest request;
    private final Optional<StreamNotifier> notifier;
    private final AttemptTimeouts timeouts;
    private final Backoff backoff;
    private final long begun;
    private final List<LlmAttempt> attempts = new ArrayList<>();
    private final CallBudget budget;
    private final AtomicReference<Fate> fate = new AtomicReference<>(Fate.OPEN);
    private final CompletableFuture<Void> cancelled = new CompletableFuture<>();
    private final CompletableFuture<LlmResponse> result = new CompletableFuture<>();
    private volatile @Nullable Attempt current;

    Call(LlmClient client, LlmRequest request, Optional<StreamNotifier> notifier) {
        this.client = client;
        this.options = client.options();
        this.request = request;
        this.notifier = notifier;
        Timing timing = client.timing();
        timeouts = new AttemptTimeouts(options, notifier, timing.nanos());
        backoff = new Backoff(options, timing.chance());
        begun = timing.nanos().getAsLong();
        budget = new CallBudget(client.budgets(), request);
    }

    /** Asks, tells the listener the end, and completes the result, whatever the listener throws. */
    void runToResult() {
        try {
            LlmResponse response = run();
            tellEnd(it -> it.onDone(response));
            result.complete(response);
        } catch (LlmException e) {
            tellEnd(it -> it.onError(e));
            result.completeExceptionally(e);
        } catch (Throwable e) {
            result.completeExceptionally(e);
            throw e;
        }
    }

    private void tellEnd(Consumer<LlmStreamListener> call) {
        try {
            notifier.ifPresent(it -> it.end(call));
        } catch (RuntimeException | Error e) {
            LOG.warn("the listener of a stream failed at its end", e);
        }
    }

    LlmResponse run() {
        try {
            LlmResponse response = ask();
            client.tell(it -> it.answered(response));
            return response;
        } catch (LlmException e) {
            throw ended(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ended(new LlmException.Cancelled("the thread that waited was interrupted", e));
        } catch (RuntimeException | Error e) {
            throw ended(client.failures().of(e, true));
        }
    }

    private LlmException ended(LlmException failure) {
        fate.compareAndSet(Fate.OPEN, Fate.DECIDED);
        failure.tried(attempts);
        client.tell(it -> it.failed(failure));
        return failure;
    }

    private LlmResponse ask() throws InterruptedException {
        LlmException last = null;
        for (LlmModel model : client.route(request)) {
            try {
                return askPatiently(model, last == null);
            } catch (LlmException e) {
                if (!e.isOfTheModel() || isNotified()) {
                    throw e;
                }
                last = e;
            }
        }
        throw last == null ? new IllegalStateException("a route has at least one model") : last;
    }

    private LlmResponse askPatiently(LlmModel model, boolean first) throws InterruptedException {
        for (int retry = 0; ; retry++) {
            try {
                return attempt(model, kind(first, retry), first);
            } catch (LlmException e) {
                if (!e.isPassing() || isNotified() || retry == options.maxRetries()) {
                    throw e;
                }
                pause(backoff.before(retry, e, remaining()).orElseThrow(() -> e));
            }
        }
    }

    private static LlmAttempt.Kind kind(boolean first, int retry) {
        if (retry > 0) {
            return LlmAttempt.Kind.RETRY;
        }
        return first ? LlmAttempt.Kind.FIRST : LlmAttempt.Kind.FALLBACK;
    }

    /** Whether the listener has pieces that cannot be taken back. */
    private boolean isNotified() {
        return !request.restartable()
                && notifier.map(StreamNotifier::hasNotified).orElse(false);
    }

    private Duration remaining() {
        long passed = client.timing().nanos().getAsLong() - begun;
        return options.deadline().minusNanos(passed);
    }

    private void pause(Duration time) throws InterruptedException {
        client.timing().sleeper().sleep(time, cancelled);
    }

    private LlmResponse attempt(LlmModel model, LlmAttempt.Kind kind, boolean first) throws InterruptedException {
        checkOpen();
        var permit = client.breakerOf(model).enter();
        if (permit.isEmpty()) {
            throw refused(model, kind, circuitOpen(model));
        }
        return run(admit(model, kind, first, permit.get()));
    }

    private void checkOpen() {
        if (fate.get() == Fate.CANCELLED) {
            throw cancellation();
        }
        if (!remaining().isPositive()) {
            throw timeouts.overall();
        }
    }

    private static LlmException cancellation() {
        return new LlmException.Cancelled("the caller cancelled", null);
    }

    private static LlmException circuitOpen(LlmModel model) {
        return new LlmException.Unavailable(
                "model '" + model.name() + "' failed so often that it is not asked for a while",
                Optional.empty(),
                Stage.CIRCUIT,
                null);
    }

    /** An attempt with what it holds: the circuit's permit and its part of the budgets. */
    private record Admission(Attempt attempt, CircuitBreaker.Permit permit, CallBudget.Reservation reserved) {}

    /** Whatever fails in here, the listener too, gives the permit back: a trial kept would close the circuit to all. */
    private Admission admit(LlmModel model, LlmAttempt.Kind kind, boolean first, CircuitBreaker.Permit permit) {
        try {
            LlmParameters asked =
                    first ? request.parameters() : request.parameters().withoutModelId();
            LlmParameters parameters = asked.orElse(model.parameters()).orElse(LlmParameters.DEFAULT);
            return admit(model, kind, parameters, permit, budget.reserve(model, parameters));
        } catch (LlmException e) {
            permit.abandoned();
            throw refused(model, kind, e);
        } catch (RuntimeException | Error e) {
            permit.abandoned();
            throw e;
        }
    }

    private Admission admit(
            LlmModel model,
            LlmAttempt.Kind kind,
            LlmParameters parameters,
            CircuitBreaker.Permit permit,
            CallBudget.Reservation reserved) {
        try {
            restart();
            var question = model.provider().request(request, parameters);
            var attempt =
                    new Attempt(model, kind, question, notifier, client.timing().nanos());
            return new Admission(attempt, permit, reserved);
        } catch (RuntimeException | Error e) {
            reserved.release();
            throw e;
        }
    }

    private LlmException refused(LlmModel model, LlmAttempt.Kind kind, LlmException why) {
        record(new LlmAttempt(model.name(), kind, Duration.ZERO, Optional.of(why), Optional.empty()));
        return why;
    }

    private void record(LlmAttempt attempt) {
        attempts.add(attempt);
        client.tell(it -> it.attempted(attempt));
    }

    /** Declares void what an attempt before this one said. */
    private void restart() {
        try {
            notifier.filter(StreamNotifier::hasNotified).ifPresent(it -> it.restart(attempts.getLast()));
        } catch (RuntimeException | Error e) {
            throw Attempt.listenerFailure(e);
        }
    }

    private LlmResponse run(Admission admission) throws InterruptedException {
        Attempt attempt = admission.attempt();
        current = attempt;
        try {
            attempt.start();
            if (fate.get() == Fate.CANCELLED) {
                attempt.giveUp(cancellation());
            }
            return answered(admission, await(attempt));
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw failed(
                    admission, client.failures().of(cause, attempt.exchange().isSent()));
        } catch (InterruptedException e) {
            var why = new LlmException.Cancelled("the thread that waited was interrupted", e);
            attempt.giveUp(why);
            failed(admission, why);
            throw e;
        } finally {
            current = null;
        }
    }

    /** Waits while there is hope. */
    private ChatResponse await(Attempt attempt) throws InterruptedException, ExecutionException {
        while (true) {
            timeouts.exceeded(attempt, remaining()).ifPresent(attempt::giveUp);
            try {
                return attempt.end().get(timeouts.untilNextLook(attempt, remaining()), TimeUnit.NANOSECONDS);
            } catch (TimeoutException lookAgain) {
                LOG.trace("still waiting for {}", attempt.model());
            }
        }
    }

    private LlmException failed(Admission admission, LlmException why) {
        Attempt attempt = admission.attempt();
        notifier.ifPresent(it -> it.detach(attempt));
        why.mask(attempt.exchange().secrets());
        if (why.isOfTheProvider()) {
            admission.permit().failed();
        } else if (why instanceof LlmException.Cancelled || why instanceof LlmException.Timeout) {
            admission.permit().abandoned();
        } else {
            admission.permit().succeeded();
        }
        boolean free = why.isFree() || attempt.isUnsent();
        Optional<BigDecimal> cost =
                free ? admission.reserved().release() : admission.reserved().keep();
        record(new LlmAttempt(attempt.model().name(), attempt.kind(), took(attempt), Optional.of(why), cost));
        return why;
    }

    private Duration took(Attempt attempt) {
        return Duration.ofNanos(client.timing().nanos().getAsLong() - attempt.begun());
    }

    private LlmResponse answered(Admission admission, ChatResponse response) {
        Attempt attempt = admission.attempt();
        LlmModel model = attempt.model();
        RawAnswer raw = RawAnswer.of(attempt.exchange());
        Optional<LlmUsage> usage = raw.usage(response.tokenUsage());
        Optional<BigDecimal> cost = admission.reserved().settle(usage, isSaying(response));
        admission.permit().succeeded();
        record(new LlmAttempt(model.name(), attempt.kind(), took(attempt), Optional.empty(), cost));
        if (!fate.compareAndSet(Fate.OPEN, Fate.DECIDED)) {
            throw cancellation();
        }
        return new LlmResponse(
                response.aiMessage(),
                new LlmResponse.Metadata(
                        model.name(),
                        Optional.ofNullable(response.modelName()),
                        Optional.ofNullable(response.id()),
                        raw.type(),
                        Optional.ofNullable(response.finishReason()),
                        attempt.refusal(),
                        usage,
                        cost,
                        Duration.ofNanos(client.timing().nanos().getAsLong() - begun),
                        attempt.toFirstToken().map(Duration::ofNanos),
                        List.copyOf(attempts)));
    }

    private static boolean isSaying(ChatResponse response) {
        AiMessage message = response.aiMessage();
        return message.text() != null || message.thinking() != null || message.hasToolExecutionRequests();
    }

    @Override
    public boolean cancel() {
        if (!fate.compareAndSet(Fate.OPEN, Fate.CANCELLED)) {
            return false;
        }
        cancelled.complete(null);
        Attempt running = current;
        if (running != null) {
            running.giveUp(cancellation());
        }
        return true;
    }

    @Override
    public CompletionStage<LlmResponse> result() {
        return result.minimalCompletionStage();
    }
}
