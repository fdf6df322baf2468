package dev.signalbox.benchmarks;

import dev.signalbox.testing.services.RealPostgres;
import java.util.ArrayList;
import java.util.List;

/**
 * How fast a session's events reach a subscriber on another node, alone and among ten thousand sessions; how many a second are routed
 * in memory; and how many a second are appended durably, against doing it by hand.
 */
final class SessionBenchmark implements Benchmark {
    private final List<AutoCloseable> opened = new ArrayList<>();

    @Override
    public List<Case> cases(Settings settings) {
        RealPostgres postgres = opening(RealPostgres.start());
        List<Case> cases = new ArrayList<>();
        cases.add(opening(new SessionLatency(postgres.freshDatabase(), 10_000, "signalbox-10000-sessions"))::measure);
        cases.add(opening(new SessionLatency(postgres.freshDatabase(), 1, "one-session"))::measure);
        cases.add(opening(new SessionRouting())::measure);
        cases.add(opening(SessionAppends.signalbox(postgres.freshDatabase()))::measure);
        if (settings.rivals()) {
            cases.add(opening(SessionAppends.insertAndNotify(postgres.freshDatabase()))::measure);
            cases.add(opening(SessionAppends.redisStreams())::measure);
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
