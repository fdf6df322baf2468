package dev.signalbox.server.node;

import dev.signalbox.server.clients.ClientDirectory;
import dev.signalbox.server.delivery.DeliveryMetrics;
import dev.signalbox.server.rest.ControlPlane;

import dev.signalbox.delivery.queue.State;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;

/** The gauges that are asked rather than fed: the queue's depth, connected clients, and the JVM. */
public final class PlatformMetrics implements AutoCloseable {
    private final JvmGcMetrics collector = new JvmGcMetrics();

    private PlatformMetrics() {}

    public static PlatformMetrics bind(ControlPlane.Services services, ObservationRoutes observation) {
        var metrics = new PlatformMetrics();
        MeterRegistry registry = services.registry();
        metrics.collector.bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        Gauge.builder("signalbox.clients.connected", services.clients(), ClientDirectory::connected)
                .description("Connected clients of this node")
                .register(registry);
        for (State state : State.values()) {
            depth(registry, observation, state);
        }
        return metrics;
    }

    /** Not a number while the database does not answer: a zero would look like an empty queue. */
    private static void depth(MeterRegistry registry, ObservationRoutes observation, State state) {
        Gauge.builder(
                        "signalbox.queue.depth",
                        observation,
                        routes -> routes.counts()
                                .map(counts ->
                                        counts.byState().getOrDefault(state, 0L).doubleValue())
                                .orElse(Double.NaN))
                .description("Messages by state")
                .tag("state", DeliveryMetrics.tag(state))
                .register(registry);
    }

    @Override
    public void close() {
        collector.close();
    }
}
