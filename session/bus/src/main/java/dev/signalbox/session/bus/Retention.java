package dev.signalbox.session.bus;

import java.time.Duration;
import java.util.Optional;

/**
 * How much of a session is kept. Where both limits are given, whichever removes more holds.
 *
 * @param maxEvents the most events of each session, 1 to 1,000,000,000; empty for no limit
 * @param maxAge how old an event may become, 1 s to 10,000 days; empty for no limit
 */
public record Retention(Optional<Long> maxEvents, Optional<Duration> maxAge) {
    private static final Duration LEAST_AGE = Duration.ofSeconds(1);
    private static final Duration MOST_AGE = Duration.ofDays(10_000);

    /** Keeps everything. */
    public static final Retention FOREVER = new Retention(Optional.empty(), Optional.empty());

    /** @throws IllegalArgumentException naming the limit that is out of its range */
    public Retention {
        maxEvents.ifPresent(most -> Limits.range("maxEvents", most, 1, 1_000_000_000));
        maxAge.ifPresent(age -> Limits.range("maxAge", age, LEAST_AGE, MOST_AGE));
    }

    public static Retention ofEvents(long most) {
        return new Retention(Optional.of(most), Optional.empty());
    }

    public static Retention ofAge(Duration most) {
        return new Retention(Optional.empty(), Optional.of(most));
    }

    public Retention withMaxEvents(long most) {
        return new Retention(Optional.of(most), maxAge);
    }

    public Retention withMaxAge(Duration most) {
        return new Retention(maxEvents, Optional.of(most));
    }

    /** Whether nothing is ever removed. */
    public boolean isForever() {
        return maxEvents.isEmpty() && maxAge.isEmpty();
    }
}
