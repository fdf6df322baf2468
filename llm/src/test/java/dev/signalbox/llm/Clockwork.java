package dev.signalbox.llm;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** Time that passes only in pauses, which take none. */
final class Clockwork {
    private final Instant start;
    private volatile long nanos;
    final List<Duration> pauses = new CopyOnWriteArrayList<>();

    Clockwork(Instant start) {
        this.start = start;
    }

    Pacing pacing() {
        return new Pacing(() -> start.plusNanos(nanos), () -> nanos, () -> 0, this::sleep);
    }

    private synchronized void sleep(Duration time, CompletableFuture<?> cancelled) {
        pauses.add(time);
        advance(time);
    }

    synchronized void advance(Duration time) {
        nanos += time.toNanos();
    }
}
