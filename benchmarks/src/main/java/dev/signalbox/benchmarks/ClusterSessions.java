package dev.signalbox.benchmarks;

import dev.signalbox.benchmarks.Benchmark.Sample;
import dev.signalbox.router.Cluster;
import dev.signalbox.router.ClusterNode;
import dev.signalbox.router.ClusterOptions;
import dev.signalbox.router.MemoryBroker;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterOptions;
import java.time.Duration;
import java.util.List;

/** What a node keeps of each session of another, and what is said to all nodes when one begins: both grow with the clients of the whole cluster. */
final class ClusterSessions {
    private static final int SESSIONS = 100_000;
    private static final int ALONE = 100;
    private static final String SECRET = "the secret of the nodes of a benchmark";

    private ClusterSessions() {}

    /** However long that takes. */
    static List<Sample> measure(Duration duration) throws InterruptedException {
        MemoryBroker broker = MemoryBroker.create();
        try (Router first = Router.create(RouterOptions.defaults());
                Router second = Router.create(RouterOptions.defaults())) {
            RouterInProcess.Gateway gateway = new RouterInProcess.Gateway();
            Cluster one = first.join(broker.link("bench"), ClusterOptions.of("one", SECRET));
            first.attach(gateway);
            Waiting.until(() -> one.counts().published() > 0);
            for (int i = ALONE; i < SESSIONS; i++) {
                gateway.connect("client-" + i, new RouterInProcess.Counter());
            }
            Waiting.until(() -> one.counts().frames() >= SESSIONS - ALONE);
            double said = connectAlone(gateway, one);
            long before = usedHeap();
            Cluster two = second.join(broker.link("bench"), ClusterOptions.of("two", SECRET));
            Waiting.until(
                    () -> two.nodes().stream().mapToInt(ClusterNode::sessions).sum() == SESSIONS);
            double heap = (double) (usedHeap() - before) / SESSIONS;
            return List.of(
                    new Sample("a session of another node, of 100,000", RouterBenchmark.SYSTEM, heap, "bytes of heap"),
                    new Sample("a session that begins, told alone", RouterBenchmark.SYSTEM, said, "bytes"));
        }
    }

    /** Each in an envelope of its own. */
    private static double connectAlone(RouterInProcess.Gateway gateway, Cluster one) throws InterruptedException {
        long bytes = 0;
        for (int i = 0; i < ALONE; i++) {
            long frames = one.counts().frames();
            long before = one.counts().publishedBytes();
            gateway.connect("client-" + i, new RouterInProcess.Counter());
            Waiting.until(() -> one.counts().frames() > frames);
            bytes += one.counts().publishedBytes() - before;
        }
        return (double) bytes / ALONE;
    }

    private static long usedHeap() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
