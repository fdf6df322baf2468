package dev.signalbox.delivery.queue;

import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The circuit breaker of a channel on one node. It opens when the provider refuses our account, or when it failed so many times in
 * a row. After a pause it is half open: one message at a time tries whether the provider works again; the pauses double from
 * {@link #FIRST} to {@link #LONGEST}, and what the provider wishes counts if it is longer. The first message that the provider
 * takes or refuses for itself closes it. Thread-safe; times are ticks of {@link Time}.
 */
final class CircuitBreaker {
    static final Duration FIRST = Duration.ofSeconds(5);
    static final Duration LONGEST = Duration.ofMinutes(5);

    private static final Logger LOG = LoggerFactory.getLogger(CircuitBreaker.class);

    private final Channel channel;
    private final Duration longestWish;

    /** So many failures in a row open it; 0 for none. */
    private final int threshold;

    private Optional<String> reason = Optional.empty();
    private Duration pause = FIRST;
    private long until;

    /** In a row, without an answer about a message in between. */
    private int failures;

    /** Whether the message that tries the provider is under way. */
    private boolean trying;

    CircuitBreaker(Channel channel, Duration longestWish, int threshold) {
        this.channel = channel;
        this.longestWish = longestWish;
        this.threshold = threshold;
    }

    /** How many of so many may be claimed now. After a pause that is one, which tries the provider. */
    synchronized int allow(int most, long ticks) {
        if (reason.isEmpty()) {
            return most;
        }
        if (ticks < until) {
            return 0;
        }
        trying = true;
        until = ticks + Micros.of(pause);
        return 1;
    }

    /** There was no message to try the provider with. */
    synchronized void unused(long ticks) {
        if (trying) {
            trying = false;
            until = ticks;
        }
    }

    /** How long until something may be claimed. */
    synchronized Duration remaining(long ticks) {
        return reason.isEmpty() || ticks >= until ? Duration.ZERO : Duration.ofNanos((until - ticks) * 1_000);
    }

    /** The provider refused our account. Returns how long the message has to wait. */
    synchronized Duration refused(String why, Optional<Duration> wish, long ticks) {
        return open(
                "its provider refuses our account: " + why, shorter(wish.orElse(Duration.ZERO), longestWish), ticks);
    }

    /** An attempt ended without an answer about its message. Of those that were under way when it opened, none counts. */
    synchronized void failed(String why, long ticks) {
        failures++;
        boolean opens = reason.isEmpty() ? threshold > 0 && failures >= threshold : trying;
        if (opens) {
            open("its provider failed " + failures + " times in a row: " + why, Duration.ZERO, ticks);
        }
    }

    private Duration open(String why, Duration wish, long ticks) {
        if (reason.isEmpty()) {
            pause = FIRST;
            LOG.error("channel {} is paused on this node, since {}", channel, why);
        } else if (trying) {
            pause = shorter(pause.multipliedBy(2), LONGEST);
        }
        trying = false;
        reason = Optional.of(why);
        until = Math.max(until, ticks + Math.max(Micros.of(pause), Micros.of(wish)));
        return remaining(ticks);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** The provider answered about a message, so it works. Returns whether that ended a pause. */
    synchronized boolean worked() {
        failures = 0;
        if (reason.isEmpty()) {
            return false;
        }
        reason = Optional.empty();
        trying = false;
        LOG.info("channel {} goes on: its provider answers again", channel);
        return true;
    }

    /** Why the channel is paused, if it is. */
    synchronized Optional<String> reason() {
        return reason;
    }
}
