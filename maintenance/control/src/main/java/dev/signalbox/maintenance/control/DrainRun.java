package dev.signalbox.maintenance.control;

import dev.signalbox.maintenance.control.DrainReport.Entry;
import dev.signalbox.maintenance.control.DrainReport.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One drain, phase by phase. Confined to the thread that runs it. */
final class DrainRun {
    private static final Logger LOG = LoggerFactory.getLogger(DrainRun.class);
    /** How long a participant may take to return after its deadline, and again after it was interrupted. */
    static final Duration GRACE = Duration.ofSeconds(1);

    private final Monitor monitor;
    private final BooleanSupplier cancelled;
    private final BooleanSupplier undoes;
    private final LongSupplier limit;
    private final List<Drainable> begun = new ArrayList<>();
    private final List<Entry> entries = new ArrayList<>();

    /**
     * Prepares a drain.
     *
     * @param cancelled whether nobody wishes it any more; asked under the monitor
     * @param undoes whether it ends at the first participant that fails
     * @param limit when all must be over, by {@link System#nanoTime}; may come closer while it runs
     */
    DrainRun(Monitor monitor, BooleanSupplier cancelled, BooleanSupplier undoes, LongSupplier limit) {
        this.monitor = monitor;
        this.cancelled = cancelled;
        this.undoes = undoes;
        this.limit = limit;
    }

    /** Those that were asked to drain, in that order; all of them have to be opened again. */
    List<Drainable> begun() {
        return begun;
    }

    List<Entry> entries() {
        return entries;
    }

    /** CANCELLED at once when it is; otherwise the worst of what the participants report. */
    Outcome run(List<Drainable> drainables) throws InterruptedException {
        for (Phase phase : Phase.values()) {
            List<Drainable> members =
                    drainables.stream().filter(each -> each.phase() == phase).toList();
            if (monitor.get(cancelled::getAsBoolean)) {
                return Outcome.CANCELLED;
            }
            drain(members);
            if (has(Outcome.CANCELLED) || (undoes.getAsBoolean() && worst() != Outcome.DRAINED)) {
                break;
            }
        }
        return has(Outcome.CANCELLED) ? Outcome.CANCELLED : worst();
    }

    private boolean has(Outcome outcome) {
        return entries.stream().anyMatch(entry -> entry.outcome() == outcome);
    }

    private Outcome worst() {
        return entries.stream()
                .map(Entry::outcome)
                .max(Comparator.naturalOrder())
                .orElse(Outcome.DRAINED);
    }

    private void drain(List<Drainable> members) throws InterruptedException {
        begun.addAll(members);
        List<Participation> all = members.stream()
                .map(each -> new Participation(each, within(each), monitor).begin())
                .toList();
        try {
            awaitEach(all);
        } finally {
            interruptRest(all);
        }
        awaitReports(all);
        all.forEach(each -> entries.add(cutIfNeeded(each)));
    }

    private Duration within(Drainable drainable) {
        Duration rest = Duration.ofNanos(Math.max(0, limit.getAsLong() - System.nanoTime()));
        return rest.compareTo(drainable.deadline()) < 0 ? rest : drainable.deadline();
    }

    /** Those with the nearest deadline first, so that each is interrupted soon after its own. */
    private void awaitEach(List<Participation> all) throws InterruptedException {
        for (Participation each : nearestFirst(all).toList()) {
            boolean over = monitor.await(
                    () -> each.isOver() || cancelled.getAsBoolean(), () -> nearer(each.end()) + GRACE.toNanos());
            if (!over) {
                each.interrupt(true);
            }
        }
    }

    private static Stream<Participation> nearestFirst(List<Participation> all) {
        return all.stream().sorted((a, b) -> Long.signum(a.end() - b.end()));
    }

    private long nearer(long end) {
        long last = limit.getAsLong();
        return last - end < 0 ? last : end;
    }

    private void interruptRest(List<Participation> all) {
        all.stream().filter(each -> !monitor.get(each::isOver)).forEach(each -> each.interrupt(false));
    }

    /** One that was interrupted still has the time that it was given: opening it while it drains would confuse it. */
    private void awaitReports(List<Participation> all) throws InterruptedException {
        long now = System.nanoTime();
        long rest =
                all.stream().mapToLong(each -> nearer(each.end()) - now).max().orElse(0);
        long end = now + Math.max(0, rest);
        monitor.await(
                () -> all.stream().allMatch(Participation::isOver),
                () -> now + Math.max(0, nearer(end) - now) + GRACE.toNanos());
    }

    private Entry cutIfNeeded(Participation each) {
        Entry entry = each.result();
        boolean failed = entry.outcome() == Outcome.OVERDUE || entry.outcome() == Outcome.FAILED;
        if (!failed || undoes.getAsBoolean()) {
            return entry;
        }
        try {
            each.drainable().cut();
        } catch (RuntimeException | Error e) {
            LOG.warn("{} could not be cut", entry.name(), e);
        }
        return entry.afterCut();
    }
}
