package dev.signalbox.benchmarks;

import java.util.ArrayList;
import java.util.List;

/**
 * How fast deliveries go from the queue to a sender to a durable outcome, how fast they enter, what they cost the log of the
 * database, and how soon they start.
 */
final class DeliveryBenchmark implements Benchmark {
    private final List<AutoCloseable> opened = new ArrayList<>();

    @Override
    public List<Case> cases(Settings settings) throws Exception {
        DeliveryProvider provider = opening(DeliveryProvider.start());
        List<Case> cases = new ArrayList<>();
        for (DeliverySystem system : List.of(DeliverySystem.postgresql(), DeliverySystem.sqlite())) {
            opening(system);
            DeliveryThroughput throughput = new DeliveryThroughput(system, provider);
            cases.add(throughput::noop);
            cases.add(throughput::http);
            cases.add(new DeliveryLatency(system)::measure);
        }
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
