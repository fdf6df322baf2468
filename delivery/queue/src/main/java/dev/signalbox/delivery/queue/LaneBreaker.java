package dev.signalbox.delivery.queue;

import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The circuit breaker of a lane, that is of a channel on one node: it decides how much may be claimed. It opens when the provider
 * refuses our account, or when it failed so many times in a row. After a pause it is half open: one message at a time tries whether
 * the provider works again; the pauses double from {@link #FIRST} to {@link #LONGEST}, and what the provider wishes counts if it is
 * longer. The first message that the provider takes or refuses for itself closes it. Thread-safe; times are ticks of {@link Time}.
 *
 * <p>It is not that of the module {@code http}: this one is asked before messages are claimed, learns of refused accounts, and heeds
 * how long a provider wants to be left alone.
 */
final class LaneBreaker {
    static final Duration FIRST = Duration.ofSeconds(5);
    static final Duration LONGEST = Duration.ofMinutes(5);

    private static final Logger LOG = LoggerFactory.getLogger(LaneBreaker.class);

    private final Channel channel;
    private final Duration longestWish;
    private final Runnable mayGoOn;

    /** So many failures in a row open it; 0 for none. */
    private final int threshold;

    private Optional<String> reason = Optional.empty();
    private Duration pause = FIRST;
    private long until;

    /** In a row, without an answer about a message in between. */
    private int failures;

    /** Whether the message that tries the provider is under way. */
    private boolean trying;

    /**
     * @param mayGoOn called, with the lock, when an answer ends a pause or leaves the trial to the next message; must not block
     */
    LaneBreaker(Channel channel, Duration longestWish, int threshold, Runnable mayGoOn) {
        this.channel = channel;
        this.longestWish = longestWish;
        this.threshold = threshold;
        this.mayGoOn = mayGoOn;
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

    /**
     * Learns from the end of an attempt how the provider is.
     *
     * @param asked whether the sender asked to begin. What it refused before that was not the provider's word
     * @return the same, but that a message which was refused because of our account waits for as long as the lane does
     */
    synchronized SendResult judged(SendResult result, boolean asked, long ticks) {
        switch (result) {
            case SendResult.Accepted _ -> worked();
            case SendResult.Rejected _ -> rejected(asked, ticks);
            case SendResult.Unknown(String why) -> failed(why, ticks);
            case SendResult.NotSent(String why, Optional<Duration> wish, SendResult.Scope scope) -> {
                if (scope == SendResult.Scope.ACCOUNT) {
                    return new SendResult.NotSent(why, Optional.of(refused(why, wish, ticks)), scope);
                }
                failed(why, ticks);
            }
        }
        return result;
    }

    private void rejected(boolean asked, long ticks) {
        if (asked) {
            worked();
        } else if (trying) {
            unused(ticks);
            mayGoOn.run();
        }
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

    /** The provider answered about a message, so it works. */
    synchronized void worked() {
        failures = 0;
        if (reason.isPresent()) {
            reason = Optional.empty();
            trying = false;
            LOG.info("channel {} goes on: its provider answers again", channel);
            mayGoOn.run();
        }
    }

    /** Why the channel is paused, if it is. */
    synchronized Optional<String> reason() {
        return reason;
    }
}
