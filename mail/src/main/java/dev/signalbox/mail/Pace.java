package dev.signalbox.mail;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/** Spreads messages evenly over time, one after the other. Thread-safe. */
final class Pace {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final long interval;
    private final LongSupplier clock;
    private long next;

    /** @param perSecond 0 for no limit */
    Pace(int perSecond, LongSupplier clock) {
        interval = perSecond == 0 ? 0 : SECOND / perSecond;
        this.clock = clock;
        next = clock.getAsLong();
    }

    /** How many nanoseconds the caller has to wait for the turn it now has; empty, and no turn, if more than {@code most}. */
    synchronized OptionalLong turn(Duration most) {
        long now = clock.getAsLong();
        long mine = Math.max(0, next - now);
        if (mine > most.toNanos()) {
            return OptionalLong.empty();
        }
        next = now + mine + interval;
        return OptionalLong.of(mine);
    }
}
