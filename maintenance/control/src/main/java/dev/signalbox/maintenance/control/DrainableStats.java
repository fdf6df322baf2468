package dev.signalbox.maintenance.control;

import java.time.Duration;
import java.util.Optional;

/**
 * What one participant has done since it was added.
 *
 * @param drains how often it was asked to drain; includes the three that follow
 * @param overdue how often work was left at the deadline
 * @param failed how often it threw an exception
 * @param cancelled how often the drain was cancelled before its end
 * @param last how long it took last
 * @param longest how long it took at most
 */
public record DrainableStats(
        long drains, long overdue, long failed, long cancelled, Optional<Duration> last, Duration longest) {
    static final DrainableStats NONE = new DrainableStats(0, 0, 0, 0, Optional.empty(), Duration.ZERO);

    DrainableStats with(DrainReport.Entry entry) {
        return new DrainableStats(
                drains + 1,
                overdue + (entry.outcome() == DrainReport.Outcome.OVERDUE ? 1 : 0),
                failed + (entry.outcome() == DrainReport.Outcome.FAILED ? 1 : 0),
                cancelled + (entry.outcome() == DrainReport.Outcome.CANCELLED ? 1 : 0),
                Optional.of(entry.waited()),
                longest.compareTo(entry.waited()) > 0 ? longest : entry.waited());
    }
}
