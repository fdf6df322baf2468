package dev.signalbox.server.node;

import dev.signalbox.server.rest.Timely;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;

/**
 * The health of each component that a feature has added. A component is asked at most once a second, beside the others, and
 * one that does not answer within 1.5 s counts as DOWN: that is what a hanging database looks like. Thread-safe.
 */
final class HealthBoard {
    private static final Duration AGE = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofMillis(1500);
    private static final Health.Report SILENT = Health.Report.down("it did not answer within 1.5 s");

    private final Map<String, Timely<Health.Report>> components = new ConcurrentSkipListMap<>();
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
        return reports;
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
