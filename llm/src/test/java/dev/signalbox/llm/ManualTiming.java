package dev.signalbox.llm;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** Time that passes only in pauses, which take none. */
final class ManualTiming {
    private final Instant start;
    private volatile long nanos;
    final List<Duration> pauses = new CopyOnWriteArrayList<>();

    ManualTiming(Instant start) {
        this.start = start;
    }

    Timing timing() {
        return new Timing(() -> start.plusNanos(nanos), () -> nanos, () -> 0, this::sleep);
    }

    private synchronized void sleep(Duration time, CompletableFuture<?> cancelled) {
        pauses.add(time);
        advance(time);
    }

    synchronized void advance(Duration time) {
        nanos += time.toNanos();
    }
}
