package dev.signalbox.delivery.queue;

import java.util.List;

/**
 * Remembers, for each priority of a lane, how far claims have come, so that the next need not look again at what they left
 * behind. What comes later but belongs earlier (a transaction that committed late, a retry that was due before) is found by a
 * claim without marks: when one with marks has not filled its batch, and every {@link #SWEEP} in any case. Not thread-safe.
 */
final class Marks {
    private static final long SWEEP = 2_000_000;
    private static final long SLACK = 300_000;

    private final long[] marks = new long[Limits.PRIORITY + 1];
    private long sweptAt = Long.MIN_VALUE / 2;
    private boolean sweeping = true;

    /** What to claim from, at the given time in ticks. */
    long[] next(long ticks) {
        sweeping |= ticks - sweptAt > SWEEP;
        if (sweeping) {
            sweptAt = ticks;
        }
        return sweeping ? new long[marks.length] : marks;
    }

    void claimed(List<Claimed> claimed, int limit) {
        sweeping = claimed.size() < limit;
        for (Claimed one : claimed) {
            Ticket ticket = one.ticket();
            marks[ticket.priority()] = Math.max(marks[ticket.priority()], ticket.runAt() - SLACK);
        }
    }

    /** Something was put back behind the marks. */
    void forget() {
        sweeping = true;
    }
}
