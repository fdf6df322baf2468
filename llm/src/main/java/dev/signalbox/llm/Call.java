package dev.signalbox.llm;

import dev.langchain4j.model.chat.response.ChatResponse;
import dev.signalbox.llm.LlmException.Unavailable.Blame;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One question on its way: from model to model, at each from attempt to attempt. Runs on one thread, which waits for the
 * attempts; {@link #cancel} may come from any.
 */
final class Call implements LlmStream {
    private static final Logger LOG = LoggerFactory.getLogger(Call.class);

    /** Who ends it first, decides how. */
    private enum Fate {
        OPEN,
        DECIDED,
        CANCELLED
    }

    private final LlmClient client;
    private final LlmOptions options;
    private final LlmRequest request;
    private final Optional<Voice> voice;
    private final long begun;
    private final List<LlmAttempt> attempts = new ArrayList<>();
    private final Budgets.Account account;
    private final AtomicReference<Fate> fate = new AtomicReference<>(Fate.OPEN);
    private final CompletableFuture<Void> cancelled = new CompletableFuture<>();
    private final CompletableFuture<LlmResponse> result = new CompletableFuture<>();
    private volatile @Nullable Attempt current;

    Call(LlmClient client, LlmRequest request, Optional<Voice> voice) {
        this.client = client;
        this.options = client.options();
        this.request = request;
        this.voice = voice;
        begun = client.pacing().nanos().getAsLong();
        account = client.budgets().ofCall(request);
    }

    /** Asks and tells the end. */
    void runStreamed() {
        Voice ear = voice.orElseThrow();
        try {
            LlmResponse response = run();
            guarded(() -> ear.end(it -> it.onDone(response)));
            result.complete(response);
        } catch (LlmException e) {
            guarded(() -> ear.end(it -> it.onError(e)));
            result.completeExceptionally(e);
        }
    }

    private static void guarded(Runnable lastWords) {
        try {
            lastWords.run();
        } catch (RuntimeException e) {
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
        } catch (RuntimeException e) {
            throw ended(client.failures().of(e));
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
                if (!e.isOfTheModel() || isHeard()) {
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
                if (!e.isPassing() || isHeard() || retry == options.maxRetries()) {
                    throw e;
                }
                pause(waitBefore(retry, e).orElseThrow(() -> e));
            }
        }
    }

    private static LlmAttempt.Kind kind(boolean first, int retry) {
        if (retry > 0) {
            return LlmAttempt.Kind.RETRY;
        }
        return first ? LlmAttempt.Kind.FIRST : LlmAttempt.Kind.FALLBACK;
    }

    /** Whether the listener heard something that nobody may take back. */
    private boolean isHeard() {
        return !request.restartable() && voice.map(Voice::hasSpoken).orElse(false);
    }

    /** Empty if it is not worth it: the provider wants more patience than we have. */
    private Optional<Duration> waitBefore(int retry, LlmException failure) {
        Optional<Duration> asked = switch (failure) {
            case LlmException.RateLimited it -> it.retryAfter();
            case LlmException.Unavailable it -> it.retryAfter();
            default -> Optional.empty();
        };
        Duration own = cooldown(retry);
        Duration wait = asked.filter(it -> it.compareTo(own) > 0).orElse(own);
        boolean worthIt =
                asked.filter(it -> it.compareTo(options.maxRetryAfter()) > 0).isEmpty()
                        && wait.compareTo(remaining()) < 0;
        return worthIt ? Optional.of(wait) : Optional.empty();
    }

    private Duration cooldown(int retry) {
        double full = Math.min((double) options.cooldown().toNanos() * Math.pow(2, retry), (double)
                options.maxCooldown().toNanos());
        double chance = client.pacing().chance().getAsDouble();
        return Duration.ofNanos((long) (full * (1 - options.jitter() * chance)));
    }

    private Duration remaining() {
        long passed = client.pacing().nanos().getAsLong() - begun;
        return options.deadline().minusNanos(passed);
    }

    private void pause(Duration time) throws InterruptedException {
        client.pacing().sleeper().sleep(time, cancelled);
    }

    private LlmResponse attempt(LlmModel model, LlmAttempt.Kind kind, boolean first) throws InterruptedException {
        checkOpen();
        Breaker breaker = client.breakerOf(model);
        OptionalLong period = breaker.enter();
        if (period.isEmpty()) {
            throw refused(model, kind, circuitOpen(model));
        }
        long in = period.getAsLong();
        LlmParameters parameters = (first
                        ? request.parameters()
                        : request.parameters().withoutModelId())
                .orElse(model.parameters())
                .orElse(LlmParameters.DEFAULT);
        Optional<Budgets.Reservation> reserved;
        try {
            reserved = reserve(model, parameters);
        } catch (LlmException e) {
            breaker.abandoned(in);
            throw refused(model, kind, e);
        }
        takeBack();
        var attempt = new Attempt(
                model,
                model.dialect().request(request, parameters),
                voice,
                client.pacing().nanos());
        return run(new Trial(model, kind, attempt, breaker, in, reserved));
    }

    private void checkOpen() {
        if (fate.get() == Fate.CANCELLED) {
            throw cancellation();
        }
        if (!remaining().isPositive()) {
            throw new LlmException.Timeout("no answer within " + options.deadline(), true, null);
        }
    }

    private static LlmException cancellation() {
        return new LlmException.Cancelled("the caller cancelled", null);
    }

    private static LlmException circuitOpen(LlmModel model) {
        return new LlmException.Unavailable(
                "model '" + model.name() + "' failed so often that it is not asked for a while",
                Optional.empty(),
                Blame.CIRCUIT,
                null);
    }

    private LlmException refused(LlmModel model, LlmAttempt.Kind kind, LlmException why) {
        record(new LlmAttempt(model.name(), kind, Duration.ZERO, Optional.of(why), Optional.empty()));
        return why;
    }

    private void record(LlmAttempt attempt) {
        attempts.add(attempt);
        client.tell(it -> it.attempted(attempt));
    }

    private Optional<Budgets.Reservation> reserve(LlmModel model, LlmParameters parameters) {
        if (!client.budgets().limits(account)) {
            return Optional.empty();
        }
        long prompt = Estimate.promptTokens(request);
        long answer = parameters.maxTokens().orElseThrow();
        return Optional.of(client.budgets()
                .reserve(
                        account,
                        request.client().orElse(""),
                        Math.addExact(prompt, answer),
                        model.price().map(price -> price.mostNanos(prompt, answer))));
    }

    /** What an attempt before this one said is void. */
    private void takeBack() {
        voice.filter(Voice::hasSpoken).ifPresent(it -> it.restart(attempts.getLast()));
    }

    /** An attempt with what hangs on it. */
    private record Trial(
            LlmModel model,
            LlmAttempt.Kind kind,
            Attempt attempt,
            Breaker breaker,
            long period,
            Optional<Budgets.Reservation> reserved) {}

    private LlmResponse run(Trial trial) throws InterruptedException {
        Attempt attempt = trial.attempt();
        current = attempt;
        try {
            attempt.start();
            if (fate.get() == Fate.CANCELLED) {
                attempt.giveUp(cancellation());
            }
            return answered(trial, await(trial));
        } catch (ExecutionException e) {
            throw failed(trial, client.failures().of(e.getCause() == null ? e : e.getCause()));
        } catch (InterruptedException e) {
            var why = new LlmException.Cancelled("the thread that waited was interrupted", e);
            attempt.giveUp(why);
            failed(trial, why);
            throw e;
        } finally {
            current = null;
        }
    }

    /** Waits as long as there is hope, and gives it up when there is none. */
    private ChatResponse await(Trial trial) throws InterruptedException, ExecutionException {
        Attempt attempt = trial.attempt();
        while (true) {
            Optional<LlmException> hopeless = hopeless(trial);
            hopeless.ifPresent(attempt::giveUp);
            try {
                return attempt.end().get(Math.max(1, patience(trial)), TimeUnit.NANOSECONDS);
            } catch (TimeoutException lookAgain) {
                LOG.trace("still waiting for {}", trial.model());
            }
        }
    }

    private Optional<LlmException> hopeless(Trial trial) {
        if (!remaining().isPositive()) {
            return Optional.of(new LlmException.Timeout("no answer within " + options.deadline(), true, null));
        }
        if (attemptPatience(trial) > 0) {
            return Optional.empty();
        }
        String what = isStreaming(trial.attempt())
                ? "the stream was silent for " + options.idleTimeout()
                : "no answer of model '" + trial.model().name() + "' within " + attemptTimeout(trial);
        return Optional.of(new LlmException.Timeout(what, false, null));
    }

    /** A stream is looked after once in each silence it may have: it may have begun meanwhile. */
    private long patience(Trial trial) {
        long hope = Math.min(remaining().toNanos(), attemptPatience(trial));
        return voice.isPresent() ? Math.min(hope, options.idleTimeout().toNanos()) : hope;
    }

    private long attemptPatience(Trial trial) {
        Attempt attempt = trial.attempt();
        long now = client.pacing().nanos().getAsLong();
        if (!isStreaming(attempt)) {
            return attempt.begun() + attemptTimeout(trial).toNanos() - now;
        }
        boolean busy = voice.map(Voice::isSpeaking).orElse(false);
        long since = busy ? now : attempt.exchange().heard();
        return since + options.idleTimeout().toNanos() - now;
    }

    private boolean isStreaming(Attempt attempt) {
        return voice.isPresent() && attempt.exchange().isAnswering();
    }

    private Duration attemptTimeout(Trial trial) {
        return trial.model().attemptTimeout().orElse(options.attemptTimeout());
    }

    private LlmException failed(Trial trial, LlmException why) {
        voice.ifPresent(it -> it.hush(trial.attempt()));
        if (why.isFree()) {
            trial.reserved().ifPresent(it -> it.settle(0, 0));
        }
        if (why.isOfTheProvider()) {
            trial.breaker().failed(trial.period());
        } else if (why instanceof LlmException.Cancelled || why instanceof LlmException.Timeout) {
            trial.breaker().abandoned(trial.period());
        } else {
            trial.breaker().succeeded(trial.period());
        }
        Optional<BigDecimal> cost = why.isFree()
                ? trial.model().price().map(price -> BigDecimal.ZERO)
                : trial.reserved()
                        .filter(it -> trial.model().price().isPresent())
                        .map(it -> LlmPrice.money(it.nanos()));
        record(new LlmAttempt(trial.model().name(), trial.kind(), took(trial), Optional.of(why), cost));
        return why;
    }

    private Duration took(Trial trial) {
        return Duration.ofNanos(
                client.pacing().nanos().getAsLong() - trial.attempt().begun());
    }

    private LlmResponse answered(Trial trial, ChatResponse response) {
        RawAnswer raw = RawAnswer.of(trial.attempt().exchange());
        Optional<LlmUsage> usage = raw.usage(response.tokenUsage());
        Optional<BigDecimal> cost = usage.flatMap(it -> trial.model().price().map(price -> price.of(it)));
        usage.ifPresent(it -> trial.reserved()
                .ifPresent(taken ->
                        taken.settle(it.total(), cost.map(LlmPrice::nanos).orElse(0L))));
        trial.breaker().succeeded(trial.period());
        record(new LlmAttempt(trial.model().name(), trial.kind(), took(trial), Optional.empty(), cost));
        if (!fate.compareAndSet(Fate.OPEN, Fate.DECIDED)) {
            throw cancellation();
        }
        return new LlmResponse(
                response.aiMessage(),
                new LlmResponse.Metadata(
                        trial.model().name(),
                        Optional.ofNullable(response.modelName()),
                        Optional.ofNullable(response.id()),
                        raw.type(),
                        Optional.ofNullable(response.finishReason()),
                        trial.attempt().refusal(),
                        usage,
                        cost,
                        Duration.ofNanos(client.pacing().nanos().getAsLong() - begun),
                        trial.attempt().toFirstToken().map(Duration::ofNanos),
                        List.copyOf(attempts)));
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
