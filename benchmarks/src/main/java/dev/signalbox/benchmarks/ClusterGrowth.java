package dev.signalbox.benchmarks;

import dev.signalbox.benchmarks.Benchmark.Sample;
import dev.signalbox.cluster.redis.RedisLinkOptions;
import dev.signalbox.cluster.redis.RedisLinks;
import dev.signalbox.router.Address;
import dev.signalbox.router.ClientGateway;
import dev.signalbox.router.CloseReason;
import dev.signalbox.router.Cluster;
import dev.signalbox.router.ClusterOptions;
import dev.signalbox.router.Connection;
import dev.signalbox.router.Endpoint;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.router.Principal;
import dev.signalbox.router.Publication;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterOptions;
import dev.signalbox.router.Shard;
import dev.signalbox.router.Topic;
import dev.signalbox.testing.services.RealRedis;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * Several nodes in this process over one Redis, whose clients are only counters: what a message to all costs Redis, of which each node gets one
 * copy for all of its clients.
 */
final class ClusterGrowth implements AutoCloseable {
    private static final Payload PAYLOAD = Payload.text("x".repeat(ClusterBenchmark.PAYLOAD_BYTES));
    private static final Address.Logic SERVER = Address.logic("bench");
    private static final int BATCH = 1_000;

    private final RealRedis redis;
    private final List<Router> nodes;
    private final LongAdder delivered;

    private ClusterGrowth(RealRedis redis, List<Router> nodes, LongAdder delivered) {
        this.redis = redis;
        this.nodes = nodes;
        this.delivered = delivered;
    }

    static ClusterGrowth open(RealRedis redis, int count) throws InterruptedException {
        LongAdder delivered = new LongAdder();
        List<Router> nodes = new ArrayList<>();
        List<Cluster> clusters = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Router router = Router.create(RouterOptions.defaults());
            clusters.add(router.join(
                    RedisLinks.create(RedisLinkOptions.of(redis.url())),
                    ClusterOptions.of("node-" + i, ClusterOurs.SECRET)));
            router.attach(new Counter(delivered));
            nodes.add(router);
        }
        Waiting.until(() -> clusters.stream().allMatch(each -> each.elsewhere().size() == count - 1));
        return new ClusterGrowth(redis, nodes, delivered);
    }

    List<Sample> measure(Duration duration) throws InterruptedException {
        String name = "to-all-of-" + nodes.size() + "-nodes";
        long sent = 0;
        long before = delivered.sum();
        double redisBefore = ClusterRedis.cpuMicros(redis);
        long start = System.nanoTime();
        while (System.nanoTime() - start < duration.toNanos()) {
            for (int i = 0; i < BATCH; i++) {
                if (!nodes.getFirst()
                        .send(Message.of(SERVER, Address.ALL, PAYLOAD))
                        .complete()) {
                    throw new IllegalStateException("a message to all was not taken");
                }
            }
            sent += BATCH;
            long expected = before + sent * nodes.size();
            Waiting.until(() -> delivered.sum() >= expected);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        double micros = ClusterRedis.cpuMicros(redis) - redisBefore;
        if (delivered.sum() != before + sent * nodes.size()) {
            throw new IllegalStateException(delivered.sum() - before + " came, not " + sent * nodes.size());
        }
        return List.of(
                new Sample(name, ClusterBenchmark.SYSTEM, sent / seconds, "messages/s"),
                new Sample(name, ClusterBenchmark.SYSTEM, micros / sent, "Redis CPU µs/message"));
    }

    @Override
    public void close() {
        nodes.forEach(Router::close);
    }

    /** An endpoint for clients that only count what is sent to all. */
    private record Counter(LongAdder delivered) implements Endpoint, Shard, Connection {
        /** One client, since a node without any gets nothing. */
        @Override
        public void start(ClientGateway gateway) {
            gateway.everyone().attach(this);
            if (!(gateway.connect(new Principal("client", Map.of()), this)
                    instanceof ClientGateway.Admission.Admitted)) {
                throw new IllegalStateException("the client was refused");
            }
        }

        @Override
        public boolean offer(Message message) {
            return true;
        }

        @Override
        public void close(CloseReason reason) {
            // It has nothing to close.
        }

        @Override
        public String remoteAddress() {
            return "in process";
        }

        @Override
        public boolean reserve(Message message) {
            return true;
        }

        @Override
        public void release(Message message) {
            // Nothing was reserved.
        }

        @Override
        public void publish(Topic topic, Publication publication) {
            delivered.increment();
        }

        @Override
        public URI address() {
            return URI.create("memory:clients");
        }

        @Override
        public void stopAccepting() {
            // Nobody connects.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
