package dev.signalbox.observatory;

import java.util.Map;

/**
 * What an observatory has counted since its start, read at one moment but not atomically. When nothing is under way,
 * {@code accepted + recovered + notices = shipped + deadLettered + dropped + pending}, where what was dropped without
 * having been accepted (too large, no destination, closed) counts in none of the others.
 *
 * @param accepted records taken from callers
 * @param recovered records found in the spool at the start
 * @param notices records made by the library itself, that say how many were dropped
 * @param shipped records that a destination took
 * @param batches requests that a destination answered with success
 * @param failures requests that will be repeated
 * @param spooled records written to the spool
 * @param deadLettered records put among the dead letters
 * @param dropped by reason; only reasons that occurred
 * @param pending records in memory or in the spool, those under way included
 * @param pendingBytes of those in memory
 * @param spoolBytes of the spool's files
 * @param contexts buffers there are
 * @param failing of those, how many are waiting to try again
 * @param unauthorized of those, how many because the destination refuses their token or headers (401, 403, 407)
 * @param paused whether shipping is paused, see {@link Observatory#pause()}
 */
public record ObservatoryStats(
        long accepted,
        long recovered,
        long notices,
        long shipped,
        long batches,
        long failures,
        long spooled,
        long deadLettered,
        Map<DropReason, Long> dropped,
        long pending,
        long pendingBytes,
        long spoolBytes,
        int contexts,
        int failing,
        int unauthorized,
        boolean paused) {

    /** All reasons together. */
    public long droppedInAll() {
        return dropped.values().stream().mapToLong(Long::longValue).sum();
    }

    public long dropped(DropReason reason) {
        return dropped.getOrDefault(reason, 0L);
    }
}
