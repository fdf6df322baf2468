package dev.signalbox.delivery.queue;

import java.time.Instant;
import java.util.Optional;

/**
 * When, and how urgently, a message is to be sent from now on. At least one of the two is given.
 *
 * @param at the earliest time of the next attempt; what has passed means now
 * @param priority 0 (first) to 9 (last)
 */
public record Schedule(Optional<Instant> at, Optional<Integer> priority) {
    public Schedule {
        at.ifPresent(time -> Limits.time("at", time));
        priority.ifPresent(Limits::priority);
        Limits.check(
                at.isPresent() || priority.isPresent(), "schedule", "says nothing; give a time, a priority, or both");
    }

    public static Schedule at(Instant time) {
        return new Schedule(Optional.of(time), Optional.empty());
    }

    public static Schedule withPriority(int priority) {
        return new Schedule(Optional.empty(), Optional.of(priority));
    }
}
