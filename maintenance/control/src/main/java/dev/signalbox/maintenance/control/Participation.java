package dev.signalbox.maintenance.control;

import dev.signalbox.maintenance.control.DrainReport.Entry;
import dev.signalbox.maintenance.control.DrainReport.Outcome;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One participant in one drain, on a thread of its own. What it reports is written under the monitor. */
final class Participation {
    private static final Logger LOG = LoggerFactory.getLogger(Participation.class);

    private final Drainable drainable;
    private final Monitor monitor;
    private final Duration within;
    private final long begun = System.nanoTime();
    private final long found;
    private final Thread thread;
    private volatile boolean overdue;
    private boolean interrupted;
    private @Nullable Entry entry;

    /** Begins to drain. */
    Participation(Drainable drainable, Duration within, Monitor monitor) {
        this.drainable = drainable;
        this.monitor = monitor;
        this.within = within;
        this.found = underWay();
        this.thread =
                Thread.ofVirtual().name("signalbox-drain-" + drainable.name()).unstarted(this::run);
    }

    Participation begin() {
        thread.start();
        return this;
    }

    Drainable drainable() {
        return drainable;
    }

    /** By when it should have reported, by {@link System#nanoTime}. */
    long end() {
        return begun + within.toNanos();
    }

    /** Under the monitor. */
    boolean isOver() {
        return entry != null;
    }

    private void run() {
        Entry ended = drain();
        monitor.run(() -> report(ended));
    }

    /** The first report counts: one that comes after it was given up is too late. */
    private void report(Entry ended) {
        if (entry == null) {
            entry = ended;
        }
    }

    private Entry drain() {
        try {
            long left = drainable.drain(within);
            return entry(left, left == 0 ? Outcome.DRAINED : Outcome.OVERDUE, Optional.empty());
        } catch (InterruptedException e) {
            // The thread ends here, so there is nobody to leave the interrupt to.
            return entry(underWay(), overdue ? Outcome.OVERDUE : Outcome.CANCELLED, Optional.empty());
        } catch (RuntimeException | Error e) {
            LOG.warn("{} failed to drain", drainable.name(), e);
            return entry(underWay(), Outcome.FAILED, Optional.of(e.toString()));
        }
    }

    private long underWay() {
        try {
            return drainable.underWay();
        } catch (RuntimeException | Error e) {
            LOG.warn("{} cannot say how much is under way", drainable.name(), e);
            return 0;
        }
    }

    private Entry entry(long left, Outcome outcome, Optional<String> problem) {
        Duration waited = Duration.ofNanos(System.nanoTime() - begun);
        return new Entry(drainable.name(), drainable.phase(), found, left, false, waited, outcome, problem);
    }

    /** By the thread of the drain; the first reason counts. */
    void interrupt(boolean becauseOverdue) {
        if (!interrupted) {
            interrupted = true;
            overdue = becauseOverdue;
            thread.interrupt();
        }
    }

    /** What it reported, or that it did not. */
    Entry result() {
        Entry silent = entry(
                underWay(),
                Outcome.OVERDUE,
                Optional.of("drain() did not return, although its thread was interrupted"));
        return monitor.get(() -> {
            report(silent);
            return Objects.requireNonNull(entry);
        });
    }
}
