package dev.signalbox.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * What maintenance costs and how fast it is: a pass through the gate; from a signal until the gate is closed, for each source; and
 * windows over a pool of connections and an SQS consumer under load.
 */
final class DrainBenchmark implements Benchmark {
    private final List<AutoCloseable> opened = new ArrayList<>();

    @Override
    public List<Case> cases(Settings settings) throws Exception {
        List<Case> cases = new ArrayList<>();
        cases.add(DrainGate::measure);
        for (DrainSignals source : DrainSignals.all()) {
            cases.add(opening(source)::measure);
        }
        cases.add(opening(new DrainPool())::measure);
        cases.add(opening(new DrainSqs())::measure);
        return cases;
    }

    private <T extends AutoCloseable> T opening(T part) {
        opened.add(part);
        return part;
    }

    @Override
    public void close() {
        for (AutoCloseable each : opened.reversed()) {
            try {
                each.close();
            } catch (Exception e) {
                throw new IllegalStateException("a part of the benchmark did not stop", e);
            }
        }
    }
}
