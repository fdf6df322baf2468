package dev.signalbox.session.bus;

import java.time.Duration;
import java.util.OptionalInt;

/**
 * How a group works.
 *
 * @param start where it begins, if this session has no group of that name yet; default: the beginning
 * @param lease how long a member may work on what it took before it renews the lease, 1 s to 1 h, default 30 s
 * @param maxAttempts how often an event is handed out before it becomes a dead letter, 1 to 1,000; by default again and again
 */
public record GroupOptions(From start, Duration lease, OptionalInt maxAttempts) {
    public static final GroupOptions DEFAULT =
            new GroupOptions(From.beginning(), Duration.ofSeconds(30), OptionalInt.empty());

    /** @throws IllegalArgumentException naming the option that is out of its range */
    public GroupOptions {
        Limits.range("lease", lease, Duration.ofSeconds(1), Duration.ofHours(1));
        maxAttempts.ifPresent(most -> Limits.range("maxAttempts", most, 1, 1_000));
    }

    public GroupOptions withStart(From newStart) {
        return new GroupOptions(newStart, lease, maxAttempts);
    }

    public GroupOptions withLease(Duration newLease) {
        return new GroupOptions(start, newLease, maxAttempts);
    }

    public GroupOptions withMaxAttempts(int most) {
        return new GroupOptions(start, lease, OptionalInt.of(most));
    }
}
