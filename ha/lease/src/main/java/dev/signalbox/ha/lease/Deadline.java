package dev.signalbox.ha.lease;

import java.time.Duration;
import java.time.Instant;

/** A moment by two clocks; it has passed as soon as either says so. */
record Deadline(long nanos, Instant wall) {
    static Deadline in(Duration span, Clocks clocks) {
        return new Deadline(
                clocks.nanos().getAsLong() + span.toNanos(),
                clocks.wall().instant().plus(span));
    }

    boolean hasPassed(Clocks clocks) {
        return nanos - clocks.nanos().getAsLong() <= 0
                || !clocks.wall().instant().isBefore(wall);
    }

    /** Never negative. */
    Duration left(Clocks clocks) {
        Duration byMonotonic = Duration.ofNanos(nanos - clocks.nanos().getAsLong());
        Duration byWall = Duration.between(clocks.wall().instant(), wall);
        Duration left = byMonotonic.compareTo(byWall) < 0 ? byMonotonic : byWall;
        return left.isPositive() ? left : Duration.ZERO;
    }
}
