package dev.signalbox.benchmarks;

import dev.signalbox.testing.services.RealRedis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a cluster costs its broker: two nodes over one Redis, beside Socket.IO's Redis adapter, Centrifugo with its Redis engine, and
 * Vert.x, whose nodes need no broker; and more nodes, with the same number of subscribers; and what each
 * node knows of all clients. Each system has a Redis of its own.
 */
final class ClusterBenchmark implements Benchmark {
    private final List<AutoCloseable> opened = new ArrayList<>();

    private interface Starting {
        ClusterSystem start(String redis) throws IOException, InterruptedException;
    }

    @Override
    public List<Case> cases(Settings settings) throws Exception {
        List<Case> cases = new ArrayList<>();
        cases.add(fanout(redis -> ClusterSystem.signalbox(redis, 2)));
        if (settings.rivals()) {
            Rivals rivals = Rivals.here();
            Path socketIo = rivals.socketIoNode();
            Path centrifugo = rivals.centrifugo();
            cases.add(fanout(redis -> ClusterSystem.socketIo(socketIo, redis, 2)));
            cases.add(fanout(redis -> ClusterSystem.centrifugo(centrifugo, redis, 2)));
            cases.add(opening(new ClusterFanout(null, opening(ClusterSystem.vertx(2))))::measure);
        }
        cases.add(fanout(redis -> ClusterSystem.signalbox(redis, 4)));
        cases.add(fanout(redis -> ClusterSystem.signalbox(redis, 8)));
        cases.add(ClusterSessions::measure);
        return cases;
    }

    private Case fanout(Starting starting) throws IOException, InterruptedException {
        RealRedis redis = opening(RealRedis.start("appendonly no"));
        ClusterSystem system = opening(starting.start(redis.url()));
        return opening(new ClusterFanout(redis, system))::measure;
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
