package dev.signalbox.delivery.queue;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/**
 * A message that is enqueued again and again.
 *
 * @param name 1 to 64 letters, digits, dots, hyphens and underscores
 * @param zone by whose clock its times come
 * @param message what to enqueue, as its owner writes it, up to 128 KiB; it is read anew each time
 * @param nextAt when it comes next
 * @param lastAt for which time it was enqueued last
 * @param problem why it was not enqueued the last time that it should have been
 */
public record RecurringMessage(
        String name,
        CronSchedule schedule,
        ZoneId zone,
        String message,
        Instant nextAt,
        Optional<Instant> lastAt,
        Optional<String> problem) {}
