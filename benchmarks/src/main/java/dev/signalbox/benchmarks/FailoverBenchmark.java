package dev.signalbox.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How long nobody leads: at a hand-over, when the leader is killed, and when it freezes; on each store, with two processes. Leases last
 * 1 s.
 */
final class FailoverBenchmark implements Benchmark {
    private final LeaseStores stores = new LeaseStores();
    private final Map<String, FailoverPair> pairs = new LinkedHashMap<>();

    /** One way for a leader to go. */
    @FunctionalInterface
    private interface Going {
        long measure(FailoverPair pair) throws Exception;
    }

    @Override
    public List<Case> cases(Settings settings) throws Exception {
        List<Case> cases = new ArrayList<>();
        for (Map.Entry<String, String> store : stores.urls().entrySet()) {
            FailoverPair pair = new FailoverPair(store.getValue());
            pairs.put(store.getKey(), pair);
            cases.add(duration -> measure("hand-over", store.getKey(), pair, duration, FailoverPair::handOver));
            cases.add(duration -> measure("leader killed", store.getKey(), pair, duration, FailoverPair::kill));
            cases.add(duration -> measure("leader frozen", store.getKey(), pair, duration, FailoverPair::freeze));
        }
        return cases;
    }

    private static List<Sample> measure(String name, String system, FailoverPair pair, Duration duration, Going going)
            throws Exception {
        Percentiles times = new Percentiles();
        long end = System.nanoTime() + duration.toNanos();
        do {
            times.add(going.measure(pair));
        } while (System.nanoTime() < end);
        return times.samples(name, system);
    }

    @Override
    public void close() {
        pairs.values().forEach(FailoverPair::close);
        stores.close();
    }
}
