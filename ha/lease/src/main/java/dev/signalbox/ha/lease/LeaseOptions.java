package dev.signalbox.ha.lease;

import java.time.Duration;

/**
 * How long leases last.
 *
 * @param ttl how long a lease lasts in the store unless it is renewed, 100 ms to 1 hour; it is renewed each third of that
 * @param poll how often one that waits for the lease asks for it, 1 ms to 1 minute; the store's hints make it ask sooner
 * @param standAside how long one that handed a lease over leaves it to others, 0 to 1 hour; a few polls, so that each of
 *     them has had its chance
 */
public record LeaseOptions(Duration ttl, Duration poll, Duration standAside) {
    private static final Duration HOUR = Duration.ofHours(1);

    /** 10 s, asked for each second; one that hands over stands aside for 5 s. */
    public static final LeaseOptions DEFAULT =
            new LeaseOptions(Duration.ofSeconds(10), Duration.ofSeconds(1), Duration.ofSeconds(5));

    public LeaseOptions {
        check("ttl", ttl, Duration.ofMillis(100), HOUR);
        check("poll", poll, Duration.ofMillis(1), Duration.ofMinutes(1));
        check("standAside", standAside, Duration.ZERO, HOUR);
    }

    private static void check(String name, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(
                    "lease option " + name + " is " + value + "; it must be " + least + " to " + most);
        }
    }

    public LeaseOptions withTtl(Duration newTtl) {
        return new LeaseOptions(newTtl, poll, standAside);
    }

    public LeaseOptions withPoll(Duration newPoll) {
        return new LeaseOptions(ttl, newPoll, standAside);
    }

    public LeaseOptions withStandAside(Duration newStandAside) {
        return new LeaseOptions(ttl, poll, newStandAside);
    }

    /** For how long a holder acts after it has asked for the lease: a tenth less than the store gives it. */
    Duration usable() {
        return Duration.ofNanos(ttl.toNanos() / 10 * 9);
    }

    Duration renewEvery() {
        return Duration.ofNanos(ttl.toNanos() / 3);
    }

    /** The wait after a renewal that failed: often enough for several attempts before the deadline. */
    Duration retryEvery() {
        return Duration.ofNanos(ttl.toNanos() / 20);
    }
}
