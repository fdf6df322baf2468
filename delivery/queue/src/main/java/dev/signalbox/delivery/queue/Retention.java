package dev.signalbox.delivery.queue;

import java.time.Duration;
import java.util.Optional;

/**
 * How long messages are kept after their end, with their history. UNKNOWN ones are kept until somebody resolves them.
 *
 * <p>A message that is removed frees its id and dedupe key.
 *
 * @param sent of those that were sent; empty for ever. 1 min to 10 years
 * @param unsent of those that are dead, rejected, expired or cancelled; empty for ever. 1 min to 10 years
 */
public record Retention(Optional<Duration> sent, Optional<Duration> unsent) {
    public static final Retention FOR_EVER = new Retention(Optional.empty(), Optional.empty());

    private static final Duration SHORTEST = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofDays(3_652);

    public Retention {
        sent.ifPresent(time -> check("sent", time));
        unsent.ifPresent(time -> check("unsent", time));
    }

    private static void check(String field, Duration time) {
        Limits.check(
                time.compareTo(SHORTEST) >= 0 && time.compareTo(LONGEST) <= 0,
                "retention of " + field,
                "is " + time + "; it must be 1 min to 10 years");
    }

    boolean isForEver() {
        return sent.isEmpty() && unsent.isEmpty();
    }

    /** How long it is kept in a state; empty for ever. */
    Optional<Duration> of(MessageState state) {
        return switch (state) {
            case SENT -> sent;
            case DEAD, REJECTED, EXPIRED, CANCELLED -> unsent;
            case PENDING, CLAIMED, RETRY_WAIT, UNKNOWN -> Optional.empty();
        };
    }

    /** The longer of the two; empty if one of them is for ever. */
    public Optional<Duration> longest() {
        return sent.flatMap(first -> unsent.map(second -> first.compareTo(second) > 0 ? first : second));
    }

    /** The shorter of the two. */
    Duration shortest() {
        Duration first = sent.orElse(LONGEST);
        Duration second = unsent.orElse(LONGEST);
        return first.compareTo(second) < 0 ? first : second;
    }
}
