package dev.signalbox.server.leases;

import dev.signalbox.ha.peer.Mode;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;

/** What this node sees of its peer, and how often that changes who sends. Thread-safe. */
final class PeerMetrics {
    private final MeterRegistry registry;

    PeerMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void watch(PeerStanding standing) {
        Gauge.builder("signalbox.leader", standing, each -> each.serves() ? 1 : 0)
                .description("1 while this node leads")
                .register(registry);
        Gauge.builder("signalbox.peer.up", standing, each -> each.seesPeer() ? 1 : 0)
                .description("1 while the peer answers as peers do")
                .register(registry);
    }

    void changed(Mode mode) {
        Counter.builder("signalbox.peer.changes")
                .description("Times this node began to send, or to wait, because of what it saw of its peer")
                .tag("mode", mode.name().toLowerCase(Locale.ROOT))
                .register(registry)
                .increment();
    }
}
