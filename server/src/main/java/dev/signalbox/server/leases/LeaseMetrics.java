package dev.signalbox.server.leases;

import dev.signalbox.ha.lease.Election;
import dev.signalbox.ha.lease.Lease;
import dev.signalbox.ha.lease.LossReason;
import dev.signalbox.ha.lease.Role;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;

/** Who leads, and how often that changes. Thread-safe. */
final class LeaseMetrics {
    private final MeterRegistry registry;
    private final Counter elected;

    LeaseMetrics(MeterRegistry registry) {
        this.registry = registry;
        this.elected = Counter.builder("signalbox.leader.elected")
                .description("Times this node became the leader")
                .register(registry);
    }

    void watch(Election election) {
        Gauge.builder("signalbox.leader", election, each -> each.role() == Role.LEADER ? 1 : 0)
                .description("1 while this node leads")
                .register(registry);
        Gauge.builder(
                        "signalbox.leader.epoch",
                        election,
                        each -> each.lease().map(Lease::epoch).orElse(0L))
                .description("The epoch of this node's term; 0 while it does not lead")
                .register(registry);
    }

    void elected() {
        elected.increment();
    }

    void lost(LossReason reason) {
        Counter.builder("signalbox.leader.lost")
                .description("Times this node stopped leading")
                .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                .register(registry)
                .increment();
    }
}
