package dev.signalbox.spring;

import dev.signalbox.maintenance.control.Admission;
import dev.signalbox.maintenance.control.Maintenance;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.availability.ApplicationAvailabilityBean;
import org.springframework.boot.availability.AvailabilityState;
import org.springframework.boot.availability.ReadinessState;

/** The application refuses traffic unless the node's admission is open, whatever the application itself has said. Thread-safe. */
final class MaintenanceAvailability extends ApplicationAvailabilityBean {
    private final Maintenance maintenance;

    MaintenanceAvailability(Maintenance maintenance) {
        this.maintenance = maintenance;
    }

    @Override
    public <S extends AvailabilityState> @Nullable S getState(Class<S> stateType) {
        return stateType == ReadinessState.class && maintenance.admission() != Admission.OPEN
                ? stateType.cast(ReadinessState.REFUSING_TRAFFIC)
                : super.getState(stateType);
    }
}
