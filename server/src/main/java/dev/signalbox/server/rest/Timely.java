package dev.signalbox.server.rest;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A value that is costly or may hang, such as a query of a database that is gone: asked for by one thread at a time, at
 * most once per {@code age}, and waited for until {@code patience} has passed since the question: who asks again while the
 * answer is late does not wait as long again. Thread-safe.
 */
public final class Timely<T> {
    private static final Logger LOG = LoggerFactory.getLogger(Timely.class);

    /** The newest value known, and whether it is as new as promised. */
    public record Reading<T>(Optional<T> value, boolean fresh) {}

    private final Supplier<T> source;
    private final Duration age;
    private final Duration patience;
    private final InstantSource clock;

    private Optional<T> last = Optional.empty();
    private Instant due = Instant.MIN;
    private @Nullable CompletableFuture<T> underWay;
    private long askedAt;

    public Timely(Supplier<T> source, Duration age, Duration patience, InstantSource clock) {
        this.source = source;
        this.age = age;
        this.patience = patience;
        this.clock = clock;
    }

    /** Begins to ask, if it is time to, without waiting for the answer. */
    public void refresh() {
        var _ = ask();
    }

    public Reading<T> get() {
        CompletableFuture<T> answer = ask();
        if (answer == null) {
            return new Reading<>(known(), true);
        }
        try {
            return new Reading<>(Optional.of(answer.get(patienceLeft(), TimeUnit.NANOSECONDS)), true);
        } catch (TimeoutException slow) {
            LOG.debug("An answer takes longer than {}", patience);
        } catch (ExecutionException failed) {
            LOG.debug("An answer failed", failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        return new Reading<>(known(), false);
    }

    private synchronized long patienceLeft() {
        return Math.max(0, patience.toNanos() - (System.nanoTime() - askedAt));
    }

    private synchronized Optional<T> known() {
        return last;
    }

    /** What to wait for, or null if what is known is young enough. */
    private synchronized @Nullable CompletableFuture<T> ask() {
        if (underWay == null && clock.instant().isBefore(due)) {
            return null;
        }
        if (underWay == null) {
            var answer = new CompletableFuture<T>();
            underWay = answer;
            askedAt = System.nanoTime();
            Thread.ofVirtual().name("signalbox-timely").start(() -> answer(answer));
        }
        return underWay;
    }

    private void answer(CompletableFuture<T> answer) {
        try {
            T value = source.get();
            settle(Optional.of(value));
            answer.complete(value);
        } catch (RuntimeException failed) {
            settle(Optional.empty());
            answer.completeExceptionally(failed);
        }
    }

    private synchronized void settle(Optional<T> value) {
        underWay = null;
        if (value.isPresent()) {
            last = value;
            due = clock.instant().plus(age);
        }
    }
}
