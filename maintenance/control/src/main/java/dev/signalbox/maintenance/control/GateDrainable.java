package dev.signalbox.maintenance.control;

import java.time.Duration;

/** A gate as a participant in drains. */
record GateDrainable(String name, Phase phase, Duration deadline, AdmissionGate gate, Runnable cutting)
        implements Drainable {
    @Override
    public long drain(Duration within) throws InterruptedException {
        gate.close();
        return gate.awaitEmpty(within);
    }

    @Override
    public void cut() {
        cutting.run();
    }

    @Override
    public void resume() {
        gate.open();
    }

    @Override
    public long underWay() {
        return gate.inside();
    }
}
