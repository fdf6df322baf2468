package dev.signalbox.delivery.queue;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** Times as the tables hold them: microseconds since 1970, and {@link #NONE} where there is none. */
final class Micros {
    static final long NONE = 0;

    private Micros() {}

    static long of(Instant time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }

    static long of(Optional<Instant> time) {
        return time.map(Micros::of).orElse(NONE);
    }

    static long of(Duration duration) {
        return duration.toNanos() / 1_000;
    }

    static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    static Optional<Instant> optional(long micros) {
        return micros == NONE ? Optional.empty() : Optional.of(instant(micros));
    }
}
