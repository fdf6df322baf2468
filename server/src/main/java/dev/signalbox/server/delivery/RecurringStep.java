package dev.signalbox.server.delivery;

import dev.signalbox.delivery.queue.RecurringMessages;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Enqueues recurring messages that are due, and says when to look again.
 *
 * @param clock the database's
 */
record RecurringStep(RecurringMessages recurring, RecurringReader reader, InstantSource clock)
        implements Supplier<Duration> {
    /** How late one may come that another node has added. */
    static final Duration POLL = Duration.ofSeconds(5);

    private static final Duration LEAST = Duration.ofMillis(10);

    @Override
    public Duration get() {
        Optional<Instant> next = recurring.next();
        Instant now = clock.instant();
        if (next.isPresent() && !next.get().isAfter(now)) {
            recurring.enqueueDue(reader::read);
            return LEAST;
        }
        return next.map(time -> Duration.between(now, time).plus(LEAST))
                .filter(wait -> wait.compareTo(POLL) < 0)
                .orElse(POLL);
    }
}
