package dev.signalbox.benchmarks;

import dev.signalbox.testing.services.RealRedis;
import java.util.ArrayList;
import java.util.List;

/**
 * What it costs to have several nodes: two nodes over one Redis, where one publishes to 20 rooms and the clients are on the other, and one to
 * eight nodes that a message to all is carried to. Rivals do the same work: Socket.IO with its Redis adapter, Centrifugo with its Redis
 * engine. Vert.x is not among them, because its nodes talk to each other directly.
 */
final class ClusterBenchmark implements Benchmark {
    static final String SYSTEM = "signalbox";
    static final int ROOMS = 20;
    static final int PAYLOAD_BYTES = 128;

    private final List<AutoCloseable> opened = new ArrayList<>();

    @Override
    public List<Case> cases(Settings settings) throws Exception {
        List<Case> cases = new ArrayList<>();
        RealRedis redis = redis();
        addPair(cases, redis, ClusterOurs.start(redis.url()));
        if (settings.rivals()) {
            RealRedis theirs = redis();
            addPair(cases, theirs, ClusterSocketIo.start(theirs.url()));
            RealRedis others = redis();
            addPair(cases, others, ClusterCentrifugo.start(others.url()));
        }
        for (int nodes : List.of(2, 4, 8)) {
            ClusterGrowth growth = opened(ClusterGrowth.open(redis(), nodes));
            cases.add(growth::measure);
        }
        return cases;
    }

    /** One for each, so that its processor time is that of one system. */
    private RealRedis redis() {
        return opened(RealRedis.start("appendonly no"));
    }

    private void addPair(List<Case> cases, RealRedis redis, ClusterSystem system) throws Exception {
        opened.add(system);
        ClusterPair pair = opened(ClusterPair.open(redis, system));
        cases.add(pair::bursts);
        cases.add(pair::oneAtATime);
    }

    private <T extends AutoCloseable> T opened(T part) {
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
