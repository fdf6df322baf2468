package dev.signalbox.spring;

import dev.signalbox.maintenance.control.Admission;
import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.maintenance.control.MaintenanceStatus;
import java.util.List;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Out of service while the node drains or is closed, with who wishes it and why. */
record MaintenanceHealthIndicator(Maintenance maintenance) implements HealthIndicator {
    @Override
    public Health health() {
        MaintenanceStatus status = maintenance.status();
        Health.Builder builder = status.admission() == Admission.OPEN ? Health.up() : Health.outOfService();
        builder.withDetail("admission", status.admission()).withDetail("since", status.since());
        List<String> signals = status.signals().stream()
                .map(active -> active.source() + ": " + active.signal().actor() + ", "
                        + active.signal().reason())
                .toList();
        if (!signals.isEmpty()) {
            builder.withDetail("signals", signals);
        }
        if (!status.problems().isEmpty()) {
            builder.withDetail("problems", status.problems());
        }
        return builder.build();
    }
}
