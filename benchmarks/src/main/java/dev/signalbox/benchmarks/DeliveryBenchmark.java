package dev.signalbox.benchmarks;

import dev.signalbox.testing.services.RealPostgres;
import java.util.ArrayList;
import java.util.List;

/**
 * How fast deliveries go from the queue to a sender to a durable outcome, how fast they enter, what they cost the log of the
 * database, and how soon they start; on request beside other queues on the same PostgreSQL.
 */
final class DeliveryBenchmark implements Benchmark {
    private final Opened opened = new Opened();

    @Override
    public List<Case> cases(Settings settings) throws Exception {
        DeliveryProvider provider = opened.opening(DeliveryProvider.start());
        RealPostgres server = RealPostgres.start();
        DeliverySystem postgresql = opened.opening(DeliverySystem.postgresql(server));
        List<Case> cases = new ArrayList<>(cases(postgresql, provider));
        if (settings.rivals()) {
            // They are compared with ours on the same server; a ratio to SQLite would say nothing.
            cases.addAll(opened.opening(new DeliveryRivals(server, provider, postgresql::logBytes))
                    .cases());
        } else {
            cases.addAll(cases(opened.opening(DeliverySystem.sqlite()), provider));
            DeliverySystem old = opened.opening(DeliverySystem.postgresql(RealPostgres.start()));
            DeliveryRetention retention = new DeliveryRetention(old, provider);
            cases.add(retention::removing);
            cases.add(retention::keeping);
        }
        return cases;
    }

    private static List<Case> cases(DeliverySystem system, DeliveryProvider provider) {
        DeliveryThroughput throughput = new DeliveryThroughput(system, provider);
        return List.of(throughput::noop, throughput::http, new DeliveryLatency(system)::measure);
    }

    @Override
    public void close() {
        opened.close();
    }
}
