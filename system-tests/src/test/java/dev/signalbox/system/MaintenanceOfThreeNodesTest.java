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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
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
    private static final int STEADY = Effort.of(200, 100_000);
    private static final Duration LONG = Duration.ofMinutes(2);

    private final Set<String> taken = ConcurrentHashMap.newKeySet();
    private final Queue<String> doubled = new ConcurrentLinkedQueue<>();
    private final List<ServiceNode> nodes = new ArrayList<>();
    private final int httpPort = FreePort.find();
    private final int grpcPort = FreePort.find();
    private final CompletableFuture<RealHaproxy> proxy = new CompletableFuture<>();
    private final OrderLoad load = new OrderLoad(httpPort, grpcPort);

    @BeforeEach
    void start() throws Exception {
        for (int i = 0; i < NODES; i++) {
            String name = "node" + i;
            nodes.add(new ServiceNode(this::take, () -> proxy.join().isOut(name)));
        }
        proxy.complete(RealHaproxy.configured(httpPort, configuration()));
        for (int i = 0; i < NODES; i++) {
            awaitUp("node" + i);
        }
    }

    @AfterEach
    void close() {
        load.close();
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
        if (!taken.add(order)) {
            doubled.add(order);
        }
    }

    private void awaitUp(String node) {
        await(node + " to be up")
                .atMost(LONG)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> proxy.join().isUp(node));
    }

    /** Reported: haproxytech/kubernetes-ingress#464, with retries off, and jetty/jetty.project#1415. */
    @Test
    void noRequestFailsWhileNodesGoAndComeAndNoOrderIsTakenTwice() throws Exception {
        load.start();
        load.awaitServed(STEADY);
        OrderLoad.Figures steady = load.measure();
        load.awaitServed(STEADY);
        LOG.info("without windows: {}", steady);
        OrderLoad.Figures windows = load.measure();
        for (int cycle = 0; cycle < CYCLES; cycle++) {
            cycle(cycle % NODES);
        }
        LOG.info("{} windows: {}", CYCLES, windows);
        load.stop();
        assertThat(taken).as("orders that were taken").hasSize((int) load.placed());
        assertThat(doubled).as("taken more than once").isEmpty();
        assertThat(nodes).extracting(ServiceNode::refused).containsOnly(0L);
    }

    private void cycle(int number) throws Exception {
        Maintenance maintenance = nodes.get(number).maintenance();
        maintenance.enter(Signal.of("test", "roll-out"));
        assertThat(maintenance.await(Admission.CLOSED, LONG)).isTrue();
        assertThat(maintenance.reports().getFirst().outcome()).isEqualTo(DrainReport.Outcome.DRAINED);
        load.awaitServed(20);
        maintenance.leave();
        assertThat(maintenance.await(Admission.OPEN, LONG)).isTrue();
        awaitUp("node" + number);
        load.awaitServed(20);
    }
}
