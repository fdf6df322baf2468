package dev.signalbox.delivery.queue;

import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * How long to wait between attempts: exponential backoff, spread by jitter so that what failed together does not return
 * together.
 *
 * @param base the wait after the first attempt, from 1 ms
 * @param factor how much longer each next wait is, 1 to 10
 * @param max the longest wait, at least {@code base} and at most 7 days
 * @param jitter the part of each wait that is random, 0 to 1
 * @param maxRetryAfter the longest wish of a provider that is granted, at most 7 days
 */
public record Retry(Duration base, double factor, Duration max, double jitter, Duration maxRetryAfter) {
    private static final Duration LONGEST = Duration.ofDays(7);
    private static final double SCHEDULE_JITTER = 0.1;

    /** 2 s, doubling to 10 minutes, a fifth of it random; a provider may ask for up to an hour. */
    public static final Retry DEFAULT =
            new Retry(Duration.ofSeconds(2), 2, Duration.ofMinutes(10), 0.2, Duration.ofHours(1));

    public Retry {
        Limits.check(base.toMillis() > 0, "retry base", "is " + base + "; it must be at least 1 ms");
        Limits.check(factor >= 1 && factor <= 10, "retry factor", "is " + factor + "; it must be 1 to 10");
        Limits.check(
                max.compareTo(base) >= 0 && max.compareTo(LONGEST) <= 0,
                "retry max",
                "is " + max + "; it must be at least the base and at most 7 days");
        Limits.check(jitter >= 0 && jitter <= 1, "retry jitter", "is " + jitter + "; it must be 0 to 1");
        Limits.check(
                !maxRetryAfter.isNegative() && maxRetryAfter.compareTo(LONGEST) <= 0,
                "retry-after limit",
                "is " + maxRetryAfter + "; it must be 0 to 7 days");
    }

    /** The wait after the given number of attempts, from 1. */
    Duration after(int attempts, RandomGenerator random) {
        double millis = Math.min((double) max.toMillis(), base.toMillis() * Math.pow(factor, attempts - 1));
        double spread = millis * jitter * random.nextDouble();
        return Duration.ofMillis(Math.max(1, Math.round(millis - spread)));
    }

    /**
     * The wait by a sender's own schedule if it has one, else the same; no sooner than the provider wishes.
     *
     * @param schedule the waits after each attempt, of which the last is for all that follow; may be empty
     */
    Duration after(int attempts, List<Duration> schedule, Duration wish, RandomGenerator random) {
        Duration own = schedule.isEmpty() ? after(attempts, random) : scheduled(attempts, schedule, random);
        Duration granted = wish.compareTo(maxRetryAfter) > 0 ? maxRetryAfter : wish;
        return own.compareTo(granted) >= 0 ? own : granted;
    }

    private static Duration scheduled(int attempts, List<Duration> schedule, RandomGenerator random) {
        Duration wait = schedule.get(Math.min(attempts, schedule.size()) - 1);
        return wait.plusMillis(Math.round(wait.toMillis() * SCHEDULE_JITTER * random.nextDouble()));
    }
}
