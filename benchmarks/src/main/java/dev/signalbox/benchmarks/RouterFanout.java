package dev.signalbox.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import dev.signalbox.benchmarks.Benchmark.Sample;
import dev.signalbox.endpoint.netty.EventLoops;
import dev.signalbox.endpoint.netty.ListenerOptions;
import dev.signalbox.endpoint.netty.WebSocketEndpoint;
import dev.signalbox.endpoint.netty.WebSocketOptions;
import dev.signalbox.router.Address;
import dev.signalbox.router.Endpoint;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.router.Principal;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Broadcasts through the whole pipeline to WebSocket clients, which are in a process of their own. So all the processor time
 * of this one is the server's: routing, encoding, system calls, garbage collection.
 */
final class RouterFanout implements AutoCloseable {
    private static final Address.Logic SERVER = new Address.Logic("bench");
    private static final Payload PAYLOAD = Payload.text("x".repeat(RouterBenchmark.PAYLOAD_BYTES));
    /** What is sent before the clients are asked if all has come: below every bound, so that nobody is too slow. */
    private static final int BATCH = 500;

    private final OperatingSystemMXBean processor = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private final int clients;
    private final Router router;
    private final Process load;
    private final Writer toLoad;
    private final BufferedReader fromLoad;
    private long delivered;

    private RouterFanout(int clients, Router router, Process load) {
        this.clients = clients;
        this.router = router;
        this.load = load;
        this.toLoad = load.outputWriter(StandardCharsets.UTF_8);
        this.fromLoad = load.inputReader(StandardCharsets.UTF_8);
    }

    static RouterFanout open(int clients) throws IOException {
        Router router = Router.create(RouterOptions.defaults());
        Endpoint endpoint = WebSocketEndpoint.create(
                EventLoops.create(EventLoops.Options.defaults().withThreads(1)),
                options(),
                token -> Optional.of(new Principal(token, Map.of())));
        router.attach(endpoint);
        Process load = Java.start(RouterFanoutClients.class, endpoint.address().toString(), String.valueOf(clients));
        RouterFanout fanout = new RouterFanout(clients, router, load);
        fanout.awaitDelivered(0);
        return fanout;
    }

    private static WebSocketOptions options() {
        WebSocketOptions defaults = WebSocketOptions.defaults();
        ListenerOptions.Limits limits = defaults.listener().limits();
        Duration patience = Duration.ofSeconds(10);
        return defaults.listening(on -> on.withPort(0)
                        .withLimits(new ListenerOptions.Limits(
                                limits.maxFrameBytes(),
                                limits.maxOutboundBytes(),
                                limits.maxConnections(),
                                limits.maxConnections(),
                                limits.maxMessagesPerSecond(),
                                limits.minBytesPerSecond())))
                // The clients only listen, and would not answer a ping.
                .listening(on -> on.withTimeouts(
                        new ListenerOptions.Timeouts(patience, patience, Duration.ofDays(1), patience)));
    }

    List<Sample> batched(Duration duration) {
        return measure("fanout-" + clients + "-batched", BATCH, duration);
    }

    List<Sample> oneAtATime(Duration duration) {
        return measure("fanout-" + clients + "-one-at-a-time", 1, duration);
    }

    private List<Sample> measure(String name, int batch, Duration duration) {
        long before = delivered;
        long cpuBefore = processor.getProcessCpuTime();
        long start = System.nanoTime();
        while (System.nanoTime() - start < duration.toNanos()) {
            broadcast(batch);
        }
        double nanos = System.nanoTime() - start;
        double cpu = processor.getProcessCpuTime() - cpuBefore;
        long count = delivered - before;
        return List.of(
                new Sample(name, RouterBenchmark.SYSTEM, count / nanos * 1e9, "deliveries/s"),
                new Sample(name, RouterBenchmark.SYSTEM, cpu / count / 1e3, "server CPU µs/delivery"));
    }

    private void broadcast(int messages) {
        for (int i = 0; i < messages; i++) {
            if (!router.send(Message.of(SERVER, Address.ALL, PAYLOAD)).complete()) {
                throw new IllegalStateException("the broadcast was not accepted");
            }
        }
        awaitDelivered(delivered + (long) messages * clients);
    }

    /** Waits for the clients to have counted that many in all; more would be an error, too. */
    private void awaitDelivered(long expected) {
        try {
            toLoad.write(expected + "\n");
            toLoad.flush();
            String answer = fromLoad.readLine();
            if (!String.valueOf(expected).equals(answer)) {
                throw new IllegalStateException("clients counted " + answer + " deliveries, not " + expected);
            }
            delivered = expected;
        } catch (IOException e) {
            throw new UncheckedIOException("the process of the clients is gone", e);
        }
    }

    @Override
    public void close() {
        load.destroy();
        router.close();
    }
}
