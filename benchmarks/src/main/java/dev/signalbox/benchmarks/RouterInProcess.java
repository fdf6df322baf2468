package dev.signalbox.benchmarks;

import dev.signalbox.benchmarks.Benchmark.Sample;
import dev.signalbox.router.Address;
import dev.signalbox.router.ClientGateway;
import dev.signalbox.router.ClientSession;
import dev.signalbox.router.CloseReason;
import dev.signalbox.router.Connection;
import dev.signalbox.router.Draft;
import dev.signalbox.router.Endpoint;
import dev.signalbox.router.Logic;
import dev.signalbox.router.Message;
import dev.signalbox.router.Payload;
import dev.signalbox.router.Principal;
import dev.signalbox.router.Router;
import dev.signalbox.router.RouterOptions;
import dev.signalbox.router.SendReport;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A router with two clients that are only counters, so that nothing but routing is measured. */
final class RouterInProcess implements AutoCloseable {
    private static final Payload PAYLOAD = Payload.text("x".repeat(RouterBenchmark.PAYLOAD_BYTES));
    private static final Address.Logic SERVER = new Address.Logic("server");
    private static final int IN_FLIGHT = 64;
    private static final int BATCH = 1_000;

    private final Router router = Router.create(RouterOptions.defaults());
    private final Counter alice = new Counter();
    private final Counter bob = new Counter();
    private final LongAdder handled = new LongAdder();
    private final ClientSession session;

    RouterInProcess() {
        Gateway gateway = new Gateway();
        router.attach(gateway);
        session = gateway.connect("alice", alice);
        gateway.connect("bob", bob);
        router.add("sink", new Logic.Worker((message, context) -> handled.increment(), 4_096));
        router.add("echo", new Logic.Dispatched((message, context) -> context.reply(message, PAYLOAD), 256, 1_024));
    }

    List<Sample> clientToLogic(Duration duration) {
        Draft draft = draft(Address.logic("sink"));
        return measure("client-to-logic", duration, handled, () -> {
            while (!session.send(draft).complete()) {
                // The mailbox is full: the worker is what is measured.
                LockSupport.parkNanos(10_000);
            }
        });
    }

    List<Sample> logicToClient(Duration duration) {
        Address target = Address.client("bob");
        return measure(
                "logic-to-client", duration, bob.count, () -> check(router.send(Message.of(SERVER, target, PAYLOAD))));
    }

    List<Sample> clientToClient(Duration duration) {
        Draft draft = draft(Address.client("bob"));
        return measure("client-to-client", duration, bob.count, () -> check(session.send(draft)));
    }

    List<Sample> requestReply(Duration duration) {
        Draft draft = draft(Address.logic("echo"));
        Semaphore inFlight = new Semaphore(IN_FLIGHT);
        LongAdder replies = new LongAdder();
        return measure("request-reply-64-in-flight", duration, replies, () -> {
            inFlight.acquireUninterruptibly();
            session.request(draft, Duration.ofSeconds(10)).whenComplete((reply, failure) -> {
                inFlight.release();
                if (failure != null) {
                    throw new CompletionException(failure);
                }
                replies.increment();
            });
        });
    }

    private static Draft draft(Address target) {
        return new Draft(List.of(target), PAYLOAD, Map.of());
    }

    private static void check(SendReport report) {
        if (!report.complete()) {
            throw new IllegalStateException("not delivered: " + report.errors());
        }
    }

    /** Sends for as long as asked, and waits until {@code arrived} has counted every one. */
    private static List<Sample> measure(String name, Duration duration, LongAdder arrived, Runnable send) {
        long before = arrived.sum();
        long sent = 0;
        long start = System.nanoTime();
        while (System.nanoTime() - start < duration.toNanos()) {
            for (int i = 0; i < BATCH; i++) {
                send.run();
            }
            sent += BATCH;
        }
        awaitCount(arrived, before + sent, name);
        double seconds = (System.nanoTime() - start) / 1e9;
        return List.of(new Sample(name, RouterBenchmark.SYSTEM, sent / seconds, "messages/s"));
    }

    private static void awaitCount(LongAdder arrived, long expected, String name) {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (arrived.sum() < expected && System.nanoTime() < deadline) {
            LockSupport.parkNanos(50_000);
        }
        if (arrived.sum() != expected) {
            throw new IllegalStateException(name + ": " + arrived.sum() + " arrived, not " + expected);
        }
    }

    @Override
    public void close() {
        router.close();
    }

    /** A client that takes everything. */
    static final class Counter implements Connection {
        private final LongAdder count = new LongAdder();

        @Override
        public boolean offer(Message message) {
            count.increment();
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
    }

    /** An endpoint without a network. */
    static final class Gateway implements Endpoint {
        private @Nullable ClientGateway gateway;

        @Override
        public void start(ClientGateway router) {
            gateway = router;
        }

        ClientSession connect(String id, Connection connection) {
            return switch (Objects.requireNonNull(gateway).connect(new Principal(id, Map.of()), connection)) {
                case ClientGateway.Admission.Admitted admitted -> admitted.session();
                case ClientGateway.Admission.Refused refused -> throw new IllegalStateException("refused: " + refused);
            };
        }

        @Override
        public URI address() {
            return URI.create("memory:clients");
        }

        @Override
        public void stopAccepting() {
            // Clients come by method call.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
