package dev.signalbox.server.maintenance;

import dev.signalbox.maintenance.control.Admission;
import dev.signalbox.maintenance.control.DrainReport;
import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.server.node.Node;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import java.util.Locale;

/** What operators watch of maintenance. */
final class MaintenanceMetrics {
    private MaintenanceMetrics() {}

    static void bind(Node node) {
        Maintenance maintenance = node.maintenance();
        for (Admission state : Admission.values()) {
            Gauge.builder("signalbox.maintenance.admission", maintenance, it -> it.admission() == state ? 1 : 0)
                    .description("1 for the state that the node's admission is in")
                    .tag("state", state.name().toLowerCase(Locale.ROOT))
                    .register(node.registry());
        }
        Gauge.builder(
                        "signalbox.maintenance.signals",
                        maintenance,
                        it -> it.status().signals().size())
                .description("Signals that keep the node in maintenance")
                .register(node.registry());
        Gauge.builder("signalbox.maintenance.drain.seconds", maintenance, MaintenanceMetrics::lastDrain)
                .description("How long the last drain took")
                .register(node.registry());
        FunctionCounter.builder("signalbox.maintenance.drains", maintenance, MaintenanceMetrics::drains)
                .description("Drains since the start")
                .register(node.registry());
        FunctionCounter.builder("signalbox.maintenance.requests.refused", node, Node::refusedRequests)
                .description("Requests of the control plane that were refused because of maintenance")
                .register(node.registry());
    }

    private static double lastDrain(Maintenance maintenance) {
        return maintenance.reports().stream()
                .findFirst()
                .map(report -> report.took().toNanos() / 1e9)
                .orElse(Double.NaN);
    }

    private static double drains(Maintenance maintenance) {
        return maintenance.reports().stream()
                .findFirst()
                .map(DrainReport::number)
                .orElse(0L);
    }
}
