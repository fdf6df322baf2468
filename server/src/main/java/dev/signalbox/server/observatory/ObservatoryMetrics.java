package dev.signalbox.server.observatory;

import dev.signalbox.observatory.DropReason;
import dev.signalbox.observatory.Observatory;
import dev.signalbox.observatory.ObservatoryListener;
import dev.signalbox.server.node.Health;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;

/** Counts what becomes of the shipped log. Thread-safe, and never blocks. */
final class ObservatoryMetrics implements ObservatoryListener {
    /** How long a lost record is held against the node. */
    private static final Duration GRUDGE = Duration.ofMinutes(1);

    private final MeterRegistry registry;
    private final InstantSource clock;
    private final Counter shipped;
    private final Counter bytes;
    private final Counter failures;
    private final Counter spooled;
    private final Counter spoolFailures;
    private final Counter deadLettered;
    private final Counter refused;
    private final Timer requests;
    private volatile Instant lostAt = Instant.EPOCH;

    ObservatoryMetrics(MeterRegistry registry, InstantSource clock) {
        this.registry = registry;
        this.clock = clock;
        shipped = counter("records.shipped", "Log records that a destination took");
        bytes = counter("bytes.shipped", "Bytes of the batches that a destination took");
        failures = counter("failures", "Batches that did not get through and are repeated");
        spooled = counter("records.spooled", "Log records written to the spool");
        spoolFailures = counter("spool.failures", "Times the spool could not take records");
        deadLettered = counter("records.dead", "Log records refused for good, and kept as dead letters");
        refused = counter("contexts.refused", "Context headers ignored: malformed, or not allowed");
        requests = Timer.builder("signalbox.observatory.requests")
                .description("Requests that a destination answered with success")
                .register(registry);
    }

    private Counter counter(String name, String description) {
        return Counter.builder("signalbox.observatory." + name)
                .description(description)
                .register(registry);
    }

    /** Shows what waits. */
    void watch(Observatory observatory) {
        Gauge.builder(
                        "signalbox.observatory.pending",
                        observatory,
                        it -> it.stats().pending())
                .description("Log records in memory or in the spool")
                .register(registry);
        Gauge.builder(
                        "signalbox.observatory.spool.bytes",
                        observatory,
                        it -> it.stats().spoolBytes())
                .description("Bytes of the spool's files")
                .register(registry);
        Gauge.builder(
                        "signalbox.observatory.unauthorized",
                        observatory,
                        it -> it.stats().unauthorized())
                .description("Destinations that refuse the credentials; their records are kept")
                .register(registry);
        Gauge.builder(
                        "signalbox.observatory.paused",
                        observatory,
                        it -> it.stats().paused() ? 1 : 0)
                .description("1 while an operator has paused the shipping")
                .register(registry);
    }

    @Override
    public void shipped(int records, int size, Duration took) {
        shipped.increment(records);
        bytes.increment(size);
        requests.record(took);
    }

    @Override
    public void failed(String why) {
        failures.increment();
    }

    @Override
    public void spooled(int records) {
        spooled.increment(records);
    }

    @Override
    public void spoolFailed(String why) {
        spoolFailures.increment();
    }

    @Override
    public void deadLettered(int records, String why) {
        deadLettered.increment(records);
        lostAt = clock.instant();
    }

    @Override
    public void dropped(DropReason reason, int records) {
        Counter.builder("signalbox.observatory.records.dropped")
                .description("Log records given up")
                .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                .register(registry)
                .increment(records);
        if (reason != DropReason.NO_DESTINATION) {
            lostAt = clock.instant();
        }
    }

    /** A header that was ignored; told without its content, which is a stranger's. */
    void refused(String why) {
        refused.increment();
    }

    /** DEGRADED for a minute after records were refused or given up; that there is no destination is no fault. */
    Health.Report health() {
        return clock.instant().isBefore(lostAt.plus(GRUDGE))
                ? Health.Report.degraded("log records were refused or given up within the last minute")
                : Health.Report.WELL;
    }
}
