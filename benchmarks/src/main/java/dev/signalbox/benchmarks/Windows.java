package dev.signalbox.benchmarks;

import dev.signalbox.maintenance.control.Admission;
import dev.signalbox.maintenance.control.DrainReport;
import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.maintenance.control.Signal;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Windows of maintenance in turn with work, and whether any of the work was done inside one. */
final class Windows {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration BETWEEN = Duration.ofMillis(5);

    private final Maintenance maintenance;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicLong inside = new AtomicLong();
    private final Percentiles drains = new Percentiles();

    Windows(Maintenance maintenance) {
        this.maintenance = maintenance;
    }

    /** At the beginning and at the end of each piece of work, by its thread. */
    void working() {
        if (closed.get()) {
            inside.incrementAndGet();
        }
    }

    /** Enters and leaves until the time is over, at least three times. */
    Percentiles run(Duration duration) throws InterruptedException {
        long end = System.nanoTime() + duration.toNanos();
        while (System.nanoTime() < end || drains.count() < 3) {
            window();
            TimeUnit.NANOSECONDS.sleep(BETWEEN.toNanos());
        }
        if (inside.get() != 0) {
            throw new IllegalStateException(inside + " pieces of work were done inside a window");
        }
        return drains;
    }

    private void window() throws InterruptedException {
        maintenance.enter(Signal.of("bench", "measure"));
        become(Admission.CLOSED);
        closed.set(true);
        DrainReport report = maintenance.reports().getFirst();
        if (report.outcome() != DrainReport.Outcome.DRAINED) {
            throw new IllegalStateException("a drain was not in time: " + report);
        }
        drains.add(report.took().toNanos());
        closed.set(false);
        maintenance.leave();
        become(Admission.OPEN);
    }

    private void become(Admission wanted) throws InterruptedException {
        if (!maintenance.await(wanted, PATIENCE)) {
            throw new IllegalStateException("the node did not become " + wanted);
        }
    }
}
