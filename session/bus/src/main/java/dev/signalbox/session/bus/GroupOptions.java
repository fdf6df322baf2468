package dev.signalbox.session.bus;

import java.time.Duration;

/**
 * How a group works.
 *
 * @param start where it begins, if this session has no group of that name yet; default: the beginning
 * @param lease how long a member may work on what it took, 1 s to 1 h, default 30 s
 */
public record GroupOptions(From start, Duration lease) {
    public static final GroupOptions DEFAULT = new GroupOptions(From.beginning(), Duration.ofSeconds(30));

    /** @throws IllegalArgumentException naming the option that is out of its range */
    public GroupOptions {
        Limits.range("lease", lease, Duration.ofSeconds(1), Duration.ofHours(1));
    }

    public GroupOptions withStart(From newStart) {
        return new GroupOptions(newStart, lease);
    }

    public GroupOptions withLease(Duration newLease) {
        return new GroupOptions(start, newLease);
    }
}
