package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.signalbox.maintenance.control.Admission;
import dev.signalbox.maintenance.control.DrainReport;
import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.maintenance.control.Signal;
import dev.signalbox.testing.services.Effort;
import dev.signalbox.testing.services.FreePort;
import dev.signalbox.testing.services.RealHaproxy;
import io.grpc.CallOptions;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Three nodes behind a real HAProxy that repeats nothing, under mixed load of HTTP and gRPC, go into maintenance in turn. None of the
 * requests fails, each order is taken once, and no node refuses anything: a request that would have been refused was sent to another before.
 */
@Timeout(2 * 3600)
class MaintenanceOfThreeNodesTest {
    private static final Logger LOG = LoggerFactory.getLogger(MaintenanceOfThreeNodesTest.class);
    private static final int NODES = 3;
    private static final int CYCLES = Effort.of(12, 1_000);
    private static final int CALLERS = 4;
    private static final Duration LONG = Duration.ofMinutes(2);

    private final Map<String, AtomicLong> taken = new ConcurrentHashMap<>();
    private final AtomicLong placed = new AtomicLong();
    private final AtomicLong served = new AtomicLong();
    private final AtomicBoolean stop = new AtomicBoolean();
    private final List<ServiceNode> nodes = new ArrayList<>();
    private final int httpPort = FreePort.find();
    private final int grpcPort = FreePort.find();
    private final CompletableFuture<RealHaproxy> proxy = new CompletableFuture<>();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ManagedChannel channel = Grpc.newChannelBuilderForAddress(
                    "127.0.0.1", grpcPort, InsecureChannelCredentials.create())
            .disableRetry()
            .build();

    @BeforeEach
    void start() throws Exception {
        for (int i = 0; i < NODES; i++) {
            String name = "node" + i;
            nodes.add(new ServiceNode(this::take, () -> isOut(name)));
        }
        proxy.complete(RealHaproxy.configured(httpPort, configuration()));
        for (int i = 0; i < NODES; i++) {
            awaitUp("node" + i);
        }
    }

    @AfterEach
    void close() {
        channel.shutdownNow();
        http.shutdownNow();
        if (proxy.isDone()) { // It is not where there is no HAProxy.
            proxy.join().close();
        }
        nodes.forEach(ServiceNode::close);
    }

    private List<String> configuration() {
        List<String> lines = new ArrayList<>(List.of(
                "defaults",
                "  mode http",
                "  retries 0",
                "  timeout connect 60s",
                "  timeout check 60s",
                "  timeout client 120s",
                "  timeout server 120s",
                "frontend http",
                "  bind 127.0.0.1:" + httpPort,
                "  default_backend http",
                "frontend grpc",
                "  bind 127.0.0.1:" + grpcPort + " proto h2",
                "  default_backend grpc",
                "backend http",
                "  balance roundrobin",
                "  option httpchk GET /ready",
                "  default-server check inter 50ms fall 1 rise 1"));
        for (int i = 0; i < NODES; i++) {
            lines.add("  server node" + i + " 127.0.0.1:" + nodes.get(i).httpPort());
        }
        lines.addAll(List.of("backend grpc", "  balance roundrobin"));
        for (int i = 0; i < NODES; i++) {
            lines.add("  server node" + i + " 127.0.0.1:" + nodes.get(i).grpcPort() + " proto h2 track http/node" + i);
        }
        return lines;
    }

    private void take(String order) {
        taken.computeIfAbsent(order, _ -> new AtomicLong()).incrementAndGet();
    }

    private boolean isOut(String node) {
        RealHaproxy balancer = proxy.join();
        return !balancer.isUp("http", node)
                && !balancer.isUp("grpc", node)
                && balancer.requests("http", node) == 0
                && balancer.requests("grpc", node) == 0;
    }

    private void awaitUp(String node) {
        await(node + " to be up")
                .atMost(LONG)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> proxy.join().isUp("http", node) && proxy.join().isUp("grpc", node));
    }

    /** Reported: haproxytech/kubernetes-ingress#464, with retries off, and jetty/jetty.project#1415. */
    @Test
    void noRequestFailsWhileNodesGoAndComeAndNoOrderIsTakenTwice() throws Exception {
        List<Future<Boolean>> callers = new ArrayList<>();
        long begun = System.nanoTime();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CALLERS; i++) {
                callers.add(threads.submit(calling(this::overHttp)));
                callers.add(threads.submit(calling(this::overGrpc)));
            }
            try {
                for (int cycle = 0; cycle < CYCLES; cycle++) {
                    cycle(cycle % NODES);
                }
            } finally {
                stop.set(true);
            }
            for (Future<Boolean> caller : callers) {
                assertThat(caller.get()).isTrue();
            }
        }
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun);
        LOG.info("{} requests in {} windows, {} s", served, CYCLES, seconds);
        assertThat(taken).as("orders that were taken").hasSize((int) placed.get());
        assertThat(taken.values()).as("how often").allMatch(times -> times.get() == 1);
        assertThat(nodes).extracting(ServiceNode::refused).containsOnly(0L);
    }

    private void cycle(int number) throws Exception {
        Maintenance maintenance = nodes.get(number).maintenance();
        maintenance.enter(Signal.of("test", "roll-out"));
        assertThat(maintenance.await(Admission.CLOSED, LONG)).isTrue();
        assertThat(maintenance.reports().getFirst().outcome()).isEqualTo(DrainReport.Outcome.DRAINED);
        awaitServed(20);
        maintenance.leave();
        assertThat(maintenance.await(Admission.OPEN, LONG)).isTrue();
        awaitUp("node" + number);
        awaitServed(20);
    }

    private void awaitServed(int more) {
        long before = served.get();
        await("requests").atMost(LONG).pollInterval(Duration.ofMillis(5)).until(() -> served.get() >= before + more);
    }

    private interface Calls {
        void make() throws Exception;
    }

    private Callable<Boolean> calling(Calls calls) {
        return () -> {
            while (!stop.get()) {
                calls.make();
            }
            return true;
        };
    }

    /** Of ten requests, three are orders. */
    private void overHttp() throws Exception {
        for (int i = 0; i < 10; i++) {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + "/orders"))
                    .timeout(LONG);
            if (i < 3) {
                request.POST(BodyPublishers.ofString(order()));
            }
            assertThat(http.send(request.build(), BodyHandlers.discarding()).statusCode())
                    .isEqualTo(200);
            served.incrementAndGet();
        }
    }

    private void overGrpc() throws Exception {
        String order = order();
        assertThat(ClientCalls.blockingUnaryCall(channel, ServiceNode.PLACE, withDeadline(), order))
                .isEqualTo(order);
        served.incrementAndGet();
        Answers answers = new Answers();
        StreamObserver<String> talk =
                ClientCalls.asyncBidiStreamingCall(channel.newCall(ServiceNode.TALK, withDeadline()), answers);
        talk.onNext(order());
        talk.onNext(order());
        talk.onCompleted();
        assertThat(answers.all.get(LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo(2);
        served.incrementAndGet();
    }

    private static CallOptions withDeadline() {
        return CallOptions.DEFAULT.withDeadlineAfter(LONG.toSeconds(), TimeUnit.SECONDS);
    }

    private String order() {
        return "order " + placed.incrementAndGet();
    }

    private static final class Answers implements StreamObserver<String> {
        private final CompletableFuture<Integer> all = new CompletableFuture<>();
        private int number;

        @Override
        public void onNext(String answer) {
            number++;
        }

        @Override
        public void onError(Throwable failure) {
            all.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            all.complete(number);
        }
    }
}
