package dev.signalbox.server.node;

import dev.signalbox.server.rest.Timely;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The health of each component that a feature has added. A component is asked at most once a second, beside the others, and
 * one that does not answer within 1.5 s counts as DOWN: that is what a hanging database looks like. When a component's health
 * changes, the log says so once, with the reason. Thread-safe.
 */
final class HealthBoard {
    private static final Logger LOG = LoggerFactory.getLogger(HealthBoard.class);
    private static final Duration AGE = Duration.ofSeconds(1);
    private static final Duration WATCH = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofMillis(1500);
    private static final Health.Report SILENT = Health.Report.down("it did not answer within 1.5 s");

    private final Map<String, Timely<Health.Report>> components = new ConcurrentSkipListMap<>();
    private final Map<String, Health> told = new ConcurrentHashMap<>();
    private final InstantSource clock;

    HealthBoard(InstantSource clock) {
        this.clock = clock;
    }

    void add(String component, Supplier<Health.Report> health) {
        components.put(component, new Timely<>(health, AGE, PATIENCE, clock));
    }

    /** All components by name. */
    Map<String, Health.Report> reports() {
        components.values().forEach(Timely::refresh);
        Map<String, Health.Report> reports = new TreeMap<>();
        components.forEach((name, health) -> reports.put(name, report(health)));
        reports.forEach(this::tell);
        return reports;
    }

    /** A component that is well at first goes without saying. */
    private void tell(String component, Health.Report report) {
        Health before = told.put(component, report.health());
        if (before == report.health() || (before == null && report.health() == Health.UP)) {
            return;
        }
        switch (report.health()) {
            case UP -> LOG.info("{} is UP again", component);
            case DEGRADED -> LOG.warn("{} is DEGRADED: {}", component, report.reason());
            case DOWN -> LOG.error("{} is DOWN: {}", component, report.reason());
        }
    }

    /** Looks every two seconds, so that changes are logged while nobody asks; until what it returns is closed. */
    AutoCloseable watch() {
        Thread watcher = Thread.ofVirtual().name("signalbox-health").start(this::look);
        return watcher::interrupt;
    }

    private void look() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                reports();
                TimeUnit.NANOSECONDS.sleep(WATCH.toNanos());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static Health.Report report(Timely<Health.Report> health) {
        Timely.Reading<Health.Report> reading = health.get();
        return reading.fresh() ? reading.value().orElse(SILENT) : SILENT;
    }

    static Health worst(Map<String, Health.Report> reports) {
        return reports.values().stream()
                .map(Health.Report::health)
                .max(Enum::compareTo)
                .orElse(Health.UP);
    }
}
