package dev.signalbox.delivery.queue;

import java.util.Arrays;
import java.util.List;

/**
 * Remembers, for each priority of a lane, how far claims have come, so that the next need not look again at what they left
 * behind: while somebody else's transaction is held open, the database keeps every row that was claimed since, and a claim
 * from the beginning passes them all.
 *
 * <p>What comes later but belongs earlier (a transaction that committed more than {@link #SLACK} late) is found by a sweep, a
 * claim without marks: every {@link #SWEEP}, and less often where sweeps take long, so that they cost a {@link #SHARE}th of the
 * time. Times are {@link Micros}. Not thread-safe, except for {@link #lowest} and
 * {@link #forget}.
 */
final class Marks {
    static final long SWEEP = 2_000_000;
    static final long SLACK = 2_000_000;
    private static final int SHARE = 20;

    private final long[] marks = new long[Limits.PRIORITY + 1];
    private long sweptAt = Long.MIN_VALUE / 2;
    private long sweepTook;
    private boolean sweeping = true;

    /** Set by any thread; the next claim sweeps. */
    private volatile boolean forgotten;

    private volatile long lowest;

    /** Whether it is time for a look at everything, of which the last one began and took so long. */
    static boolean isSweepDue(long ticks, long lastAt, long lastTook) {
        return ticks - lastAt > Math.max(SWEEP, SHARE * lastTook);
    }

    /** What to claim from, at the given time in ticks. */
    long[] next(long ticks) {
        if (forgotten) {
            forgotten = false;
            sweeping = true;
        }
        sweeping |= isSweepDue(ticks, sweptAt, sweepTook);
        if (sweeping) {
            sweptAt = ticks;
        }
        return sweeping ? new long[marks.length] : marks.clone();
    }

    /**
     * What was claimed by them.
     *
     * @param limit how many there could have been; 0 where something may have been left
     * @param now when the claim began
     * @param took how long it took
     */
    void claimed(List<Claimed> claimed, int limit, long now, long took) {
        if (sweeping) {
            sweepTook = took;
        }
        if (sweeping && claimed.size() < limit) {
            Arrays.fill(marks, now - SLACK); // Nothing is left that could be seen.
        }
        sweeping = false;
        for (Claimed one : claimed) {
            Ticket ticket = one.ticket();
            marks[ticket.priority()] = Math.max(marks[ticket.priority()], ticket.runAt() - SLACK);
        }
        lowest = Arrays.stream(marks).min().orElse(0);
    }

    /** Something may wait behind the marks: it was put back, or was there while a pause hid it. */
    void forget() {
        forgotten = true;
        lowest = 0;
    }

    /** Before this time nothing is expected, whatever its priority. */
    long lowest() {
        return lowest;
    }
}
