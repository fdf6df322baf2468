package dev.signalbox.delivery.queue;

import java.time.Duration;

/**
 * How a dispatcher works.
 *
 * @param retry how long to wait between attempts
 * @param lease how long a node may be silent before others take over what it was sending, 1 s to 1 h; a channel whose sender
 *     has a long timeout gets twice that timeout at least
 * @param margin what must be left of a lease, besides the sender's timeout, when an attempt begins, 10 ms to 1 min
 * @param poll how often to look for due messages of which no notification arrived, 10 ms to 1 min
 * @param batch the most that is claimed at a time, 1 to 5,000
 * @param breaker how many failures in a row pause a channel whose messages go through one provider, 1 to 10,000; 0 for none
 * @param limits how fast all nodes together may send
 * @param retention how long messages are kept after their end
 * @param quiet when recipients are not to be disturbed
 */
public record DispatchOptions(
        Retry retry,
        Duration lease,
        Duration margin,
        Duration poll,
        int batch,
        int breaker,
        ClusterLimits limits,
        Retention retention,
        QuietTimes quiet) {
    public static final DispatchOptions DEFAULT = new DispatchOptions(
            Retry.DEFAULT,
            Duration.ofSeconds(20),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            1024,
            10,
            ClusterLimits.NONE,
            Retention.FOR_EVER,
            QuietTimes.NONE);

    public DispatchOptions {
        between("lease", lease, Duration.ofSeconds(1), Duration.ofHours(1));
        between("margin", margin, Duration.ofMillis(10), Duration.ofMinutes(1));
        between("poll", poll, Duration.ofMillis(10), Duration.ofMinutes(1));
        Limits.check(batch >= 1 && batch <= 5_000, "batch", "is " + batch + "; it must be 1 to 5000");
        Limits.check(breaker >= 0 && breaker <= 10_000, "breaker", "is " + breaker + "; it must be 0 to 10000");
    }

    private static void between(String field, Duration value, Duration least, Duration most) {
        Limits.check(
                value.compareTo(least) >= 0 && value.compareTo(most) <= 0,
                field,
                "is " + value + "; it must be " + least + " to " + most);
    }

    public DispatchOptions withRetry(Retry newRetry) {
        return new DispatchOptions(newRetry, lease, margin, poll, batch, breaker, limits, retention, quiet);
    }

    public DispatchOptions withLease(Duration newLease) {
        return new DispatchOptions(retry, newLease, margin, poll, batch, breaker, limits, retention, quiet);
    }

    public DispatchOptions withMargin(Duration newMargin) {
        return new DispatchOptions(retry, lease, newMargin, poll, batch, breaker, limits, retention, quiet);
    }

    public DispatchOptions withPoll(Duration newPoll) {
        return new DispatchOptions(retry, lease, margin, newPoll, batch, breaker, limits, retention, quiet);
    }

    public DispatchOptions withBreaker(int newBreaker) {
        return new DispatchOptions(retry, lease, margin, poll, batch, newBreaker, limits, retention, quiet);
    }

    public DispatchOptions withLimits(ClusterLimits newLimits) {
        return new DispatchOptions(retry, lease, margin, poll, batch, breaker, newLimits, retention, quiet);
    }

    public DispatchOptions withRetention(Retention newRetention) {
        return new DispatchOptions(retry, lease, margin, poll, batch, breaker, limits, newRetention, quiet);
    }

    public DispatchOptions withQuiet(QuietTimes newQuiet) {
        return new DispatchOptions(retry, lease, margin, poll, batch, breaker, limits, retention, newQuiet);
    }

    public DispatchOptions withBatch(int newBatch) {
        return new DispatchOptions(retry, lease, margin, poll, newBatch, breaker, limits, retention, quiet);
    }

    /** How long an answer of the database may take: half of a lease, so that there is time to renew it once more. */
    Duration answerWithin() {
        return lease.compareTo(Duration.ofSeconds(2)) < 0
                ? Duration.ofSeconds(1)
                : Duration.ofMillis(lease.toMillis() / 2);
    }

    /** How long leases of a channel last. */
    Duration leaseFor(Terms terms) {
        Duration half = terms.timeout().plus(margin);
        Duration least = half.plus(half);
        return lease.compareTo(least) >= 0 ? lease : least;
    }
}
