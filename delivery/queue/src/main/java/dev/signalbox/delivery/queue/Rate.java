package dev.signalbox.delivery.queue;

import java.time.Duration;

/**
 * At most so many in an interval. The first of an interval begins it, once the one before has ended: after a pause, all of them
 * may follow at once, and two intervals never overlap.
 *
 * @param count 1 to 1,000,000
 * @param interval 1 ms to 31 days
 */
public record Rate(int count, Duration interval) {
    private static final int MOST = 1_000_000;
    private static final Duration LONGEST = Duration.ofDays(31);

    public Rate {
        Limits.check(count >= 1 && count <= MOST, "rate", "is " + count + "; it must be 1 to " + MOST);
        Limits.check(
                interval.toMillis() > 0 && interval.compareTo(LONGEST) <= 0,
                "interval",
                "is " + interval + "; it must be 1 ms to 31 days");
    }

    @Override
    public String toString() {
        return count + " in " + interval;
    }
}
