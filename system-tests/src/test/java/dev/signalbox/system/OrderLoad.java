package dev.signalbox.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.CallOptions;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Callers over HTTP and gRPC, each of which sends its next request when it has the last answer. None repeats anything; one that fails
 * ends. It shares the processors with the servers, so it spends little: platform threads, blocking sockets, and answers of gRPC on the
 * threads that read them.
 */
final class OrderLoad implements AutoCloseable {
    private static final int CALLERS = 4;
    private static final Duration LONG = Duration.ofMinutes(2);

    private final AtomicLong placed = new AtomicLong();
    private final AtomicLong served = new AtomicLong();
    private final List<Future<Boolean>> callers = new ArrayList<>();
    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(Thread.ofPlatform().daemon().factory());
    private final int httpPort;
    private final ManagedChannel channel;
    private volatile Figures figures = new Figures(new Latencies(), new Latencies());
    private volatile boolean stopped;

    /** Of requests over HTTP, and of calls over gRPC. */
    record Figures(Latencies http, Latencies grpc) {
        @Override
        public String toString() {
            return "HTTP: " + http + "; gRPC: " + grpc;
        }
    }

    OrderLoad(int httpPort, int grpcPort) {
        this.httpPort = httpPort;
        this.channel = Grpc.newChannelBuilderForAddress("127.0.0.1", grpcPort, InsecureChannelCredentials.create())
                .disableRetry()
                .directExecutor()
                .build();
    }

    void start() {
        for (int i = 0; i < CALLERS; i++) {
            callers.add(threads.submit(this::callOverHttp));
            callers.add(threads.submit(this::callOverGrpc));
        }
    }

    /** Ends the callers after their last answers. @throws Exception what a caller failed with */
    void stop() throws Exception {
        stopped = true;
        for (Future<Boolean> caller : callers) {
            assertThat(caller.get()).isTrue();
        }
    }

    /** How many orders were sent. */
    long placed() {
        return placed.get();
    }

    /** Returns once that many more requests were answered; fails if a caller did. */
    void awaitServed(long more) {
        long before = served.get();
        await("requests")
                .atMost(Duration.ofMinutes(10))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .failFast(this::throwFailure)
                .until(() -> served.get() >= before + more);
    }

    private void throwFailure() throws Exception {
        for (Future<Boolean> caller : callers) {
            if (caller.isDone()) {
                caller.get();
            }
        }
    }

    /** What was answered how fast from now on, until the next call. */
    Figures measure() {
        Figures fresh = new Figures(new Latencies(), new Latencies());
        figures = fresh;
        return fresh;
    }

    private void answered(Latencies latencies, long begun) {
        latencies.add(System.nanoTime() - begun);
        served.incrementAndGet();
    }

    private String order() {
        return "order " + placed.incrementAndGet();
    }

    /** Of ten requests, three are orders. */
    private boolean callOverHttp() throws Exception {
        try (HttpCaller caller = new HttpCaller(httpPort, LONG)) {
            for (int i = 0; !stopped; i++) {
                long begun = System.nanoTime();
                int status = i % 10 < 3 ? caller.post("/orders", order()) : caller.get("/orders");
                assertThat(status).isEqualTo(200);
                answered(figures.http(), begun);
            }
        }
        return true;
    }

    private boolean callOverGrpc() throws Exception {
        while (!stopped) {
            place();
            talk();
        }
        return true;
    }

    private void place() {
        long begun = System.nanoTime();
        String order = order();
        assertThat(ClientCalls.blockingUnaryCall(channel, ServiceNode.PLACE, withDeadline(), order))
                .isEqualTo(order);
        answered(figures.grpc(), begun);
    }

    private void talk() throws Exception {
        long begun = System.nanoTime();
        Answers answers = new Answers();
        StreamObserver<String> talk =
                ClientCalls.asyncBidiStreamingCall(channel.newCall(ServiceNode.TALK, withDeadline()), answers);
        talk.onNext(order());
        talk.onNext(order());
        talk.onCompleted();
        assertThat(answers.all.get(LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo(2);
        answered(figures.grpc(), begun);
    }

    private static CallOptions withDeadline() {
        return CallOptions.DEFAULT.withDeadlineAfter(LONG.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        stopped = true;
        channel.shutdownNow();
        threads.shutdownNow();
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
