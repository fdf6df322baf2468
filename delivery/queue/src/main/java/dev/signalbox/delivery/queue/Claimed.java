package dev.signalbox.delivery.queue;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A ticket taken out of its queue, with what there is to send.
 *
 * @param expiresAt as {@link Micros}
 * @param acceptedAt as {@link Micros}
 * @param keyVersion how often an operator asked for a new idempotency key
 * @param time by which clock the recipient lives
 * @param traceparent the caller's place in a distributed trace
 * @param unreadable why its row makes no message; then the steps and the body are made up
 */
record Claimed(
        Ticket ticket,
        List<Step> steps,
        String body,
        Map<String, String> headers,
        long expiresAt,
        int maxAttempts,
        long acceptedAt,
        int keyVersion,
        RecipientTime time,
        Optional<String> traceparent,
        Optional<String> unreadable) {

    /** The order in which tickets are claimed. */
    static final Comparator<Claimed> ORDER = Comparator.comparingInt((Claimed claimed) -> claimed.ticket.priority())
            .thenComparingLong(claimed -> claimed.ticket.runAt())
            .thenComparing(claimed -> claimed.ticket.id());

    Step step() {
        return steps.get(ticket.step());
    }

    boolean isLastStep() {
        return ticket.step() == steps.size() - 1;
    }

    /** The first claim of a step starts its time. */
    Claimed startedAt(long claimedAt) {
        if (ticket.deadline() != Micros.NONE || step().within().isEmpty()) {
            return this;
        }
        long deadline = claimedAt + Micros.of(step().within().get());
        return new Claimed(
                ticket.withDeadline(deadline),
                steps,
                body,
                headers,
                expiresAt,
                maxAttempts,
                acceptedAt,
                keyVersion,
                time,
                traceparent,
                unreadable);
    }

    Delivery delivery(Duration remaining) {
        return new Delivery(
                ticket.id(),
                ticket.step(),
                ticket.attempt() + 1,
                step().channel(),
                step().address(),
                body,
                headers,
                remaining,
                keyVersion,
                traceparent,
                () -> true);
    }
}
