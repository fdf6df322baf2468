package dev.signalbox.testing.contract;

import dev.signalbox.maintenance.control.AdmissionGate;
import dev.signalbox.maintenance.control.Drainable;
import dev.signalbox.maintenance.control.Phase;
import java.util.Optional;

class GateDrainableTest extends DrainableContract {
    private final AdmissionGate gate = new AdmissionGate();
    private final Drainable drainable = Drainable.of("gate", Phase.INTAKE, LONG, gate);

    @Override
    protected Drainable drainable() {
        return drainable;
    }

    @Override
    protected Optional<Runnable> begin() {
        return gate.enter() ? Optional.of(gate::leave) : Optional.empty();
    }
}
