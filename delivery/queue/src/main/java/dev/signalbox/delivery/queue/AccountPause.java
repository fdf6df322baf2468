package dev.signalbox.delivery.queue;

import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds a channel back on one node while its provider refuses our account. After a pause, one message at a time tries whether
 * it works again; the pauses double from {@link #FIRST} to {@link #LONGEST}, and what the provider wishes counts if it is
 * longer. The first message that the provider takes or refuses for itself ends it. Thread-safe; times are ticks of {@link Time}.
 */
final class AccountPause {
    static final Duration FIRST = Duration.ofSeconds(5);
    static final Duration LONGEST = Duration.ofMinutes(5);

    private static final Logger LOG = LoggerFactory.getLogger(AccountPause.class);

    private final Channel channel;
    private final Duration longestWish;

    private Optional<String> reason = Optional.empty();
    private Duration pause = FIRST;
    private long until;

    /** Whether the message that tries the account is under way. */
    private boolean trying;

    AccountPause(Channel channel, Duration longestWish) {
        this.channel = channel;
        this.longestWish = longestWish;
    }

    /** How many of so many may be claimed now. After a pause that is one, which tries the account. */
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

    /** There was no message to try the account with. */
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
    synchronized Duration refused(String newReason, Optional<Duration> wish, long ticks) {
        if (reason.isEmpty()) {
            pause = FIRST;
            LOG.error(
                    "channel {} is paused on this node, since its provider refuses our account: {}",
                    channel,
                    newReason);
        } else if (trying) {
            pause = shorter(pause.multipliedBy(2), LONGEST);
        }
        trying = false;
        reason = Optional.of(newReason);
        Duration granted = shorter(wish.orElse(Duration.ZERO), longestWish);
        until = Math.max(until, ticks + Math.max(Micros.of(pause), Micros.of(granted)));
        return remaining(ticks);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** The provider answered about a message, so the account works. Returns whether that ended a pause. */
    synchronized boolean worked() {
        if (reason.isEmpty()) {
            return false;
        }
        reason = Optional.empty();
        trying = false;
        LOG.info("channel {} goes on: its provider accepts our account again", channel);
        return true;
    }

    /** Why the channel is paused, if it is. */
    synchronized Optional<String> reason() {
        return reason;
    }
}
