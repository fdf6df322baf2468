package dev.signalbox.maintenance.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.signalbox.maintenance.control.Admission;
import dev.signalbox.maintenance.control.DrainReport;
import dev.signalbox.maintenance.control.Drainable;
import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.maintenance.control.MaintenanceOptions;
import dev.signalbox.maintenance.control.Signal;
import dev.signalbox.testing.contract.DrainableContract;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A gRPC server behind the interceptor, with calls of all four shapes. */
class GrpcServerTest extends DrainableContract {
    private static final String NAME = "maintenance-test";

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Maintenance maintenance = Maintenance.start(MaintenanceOptions.defaults());
    private final EchoService echo = new EchoService();
    private final HealthStatusManager health = new HealthStatusManager();
    private final MaintenanceInterceptor interceptor = MaintenanceInterceptor.join(
            maintenance,
            GrpcGateOptions.defaults().withDeadline(Duration.ofMillis(200)).withSkipMethods("test.Echo/Download"));
    private final Server server = InProcessServerBuilder.forName(NAME)
            .executor(threads)
            .addService(echo.definition())
            .addService(health.getHealthService())
            .intercept(interceptor)
            .build();
    private final ManagedChannel channel =
            InProcessChannelBuilder.forName(NAME).executor(threads).build();

    @BeforeEach
    void start() throws Exception {
        server.start();
        GrpcHealth.join(maintenance, "grpc-health", health, Set.of("", "test.Echo"));
    }

    @Override
    protected void close() {
        channel.shutdownNow();
        server.shutdownNow();
        threads.shutdownNow();
        maintenance.close();
    }

    @Override
    protected Drainable drainable() {
        return interceptor.drainable();
    }

    @Override
    protected Optional<Runnable> begin() throws Exception {
        CountDownLatch latch = new CountDownLatch(1);
        echo.release.set(latch);
        long before = echo.handling.get();
        CompletableFuture<String> answer = unary(EchoService.UNARY, "hello");
        await().atMost(LONG).until(() -> answer.isDone() || echo.handling.get() > before);
        if (echo.handling.get() == before) {
            assertThat(statusOf(answer)).isEqualTo(Status.Code.UNAVAILABLE);
            return Optional.empty();
        }
        return Optional.of(() -> {
            latch.countDown();
            assertThat(answer.join()).isEqualTo("hello");
        });
    }

    private CompletableFuture<String> unary(MethodDescriptor<String, String> method, String request) {
        return CompletableFuture.supplyAsync(
                () -> ClientCalls.blockingUnaryCall(channel, method, CallOptions.DEFAULT, request), threads);
    }

    private static Status.Code statusOf(CompletableFuture<String> answer) throws InterruptedException {
        try {
            answer.get();
            return Status.Code.OK;
        } catch (ExecutionException e) {
            return Status.fromThrowable(e.getCause()).getCode();
        }
    }

    private void enter() throws InterruptedException {
        maintenance.enter(Signal.of("alice", "disk"));
        assertThat(maintenance.await(Admission.CLOSED, LONG)).isTrue();
    }

    @Test
    void callsOfEachShapeAreCountedWhileTheyAreOpen() throws Exception {
        Answers talk = new Answers();
        StreamObserver<String> requests =
                ClientCalls.asyncBidiStreamingCall(channel.newCall(EchoService.TALK, CallOptions.DEFAULT), talk);
        Answers upload = new Answers();
        StreamObserver<String> parts =
                ClientCalls.asyncClientStreamingCall(channel.newCall(EchoService.UPLOAD, CallOptions.DEFAULT), upload);
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(interceptor.underWay()).isEqualTo(2));
        requests.onNext("a");
        requests.onCompleted();
        parts.onNext("b");
        parts.onCompleted();

        assertThat(talk.end.get()).isEqualTo(Status.Code.OK);
        assertThat(upload.end.get()).isEqualTo(Status.Code.OK);
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(interceptor.underWay()).isZero());
    }

    @Test
    void callsOfEachShapeAreRefusedBeforeTheService() throws Exception {
        enter();
        Answers talk = new Answers();
        ClientCalls.asyncBidiStreamingCall(channel.newCall(EchoService.TALK, CallOptions.DEFAULT), talk);
        Answers upload = new Answers();
        ClientCalls.asyncClientStreamingCall(channel.newCall(EchoService.UPLOAD, CallOptions.DEFAULT), upload);

        assertThat(talk.end.get()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(upload.end.get()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(statusOf(unary(EchoService.UNARY, "x"))).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(echo.handling.get()).isZero();
        assertThat(interceptor.refused()).isEqualTo(3);
    }

    @Test
    void methodsThatAreSkippedAreServed() throws Exception {
        enter();

        assertThat(ClientCalls.blockingServerStreamingCall(channel, EchoService.DOWNLOAD, CallOptions.DEFAULT, "x"))
                .toIterable()
                .containsExactly("x");
    }

    /** Nothing else would end it: a drain would wait for it forever. */
    @Test
    void aStreamWithoutAnEndIsClosedAtTheDeadline() throws Exception {
        Answers talk = new Answers();
        ClientCalls.asyncBidiStreamingCall(channel.newCall(EchoService.TALK, CallOptions.DEFAULT), talk);
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(interceptor.underWay()).isEqualTo(1));
        enter();

        assertThat(talk.end.get()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(maintenance.reports().getFirst().outcome()).isEqualTo(DrainReport.Outcome.OVERDUE);
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(interceptor.underWay()).isZero());
    }

    /** A service may answer a call of which it does not know yet that it was cut. */
    @Test
    void whatAServiceSendsAfterACutHasNoEffect() throws Exception {
        Answers talk = new Answers();
        ClientCalls.asyncBidiStreamingCall(channel.newCall(EchoService.TALK, CallOptions.DEFAULT), talk);
        await().atMost(LONG).until(() -> echo.talking.get() != null);
        enter();
        assertThat(talk.end.get()).isEqualTo(Status.Code.UNAVAILABLE);

        StreamObserver<String> answers = Objects.requireNonNull(echo.talking.get());
        assertThatCode(() -> {
                    answers.onNext("late");
                    answers.onCompleted();
                })
                .doesNotThrowAnyException();
    }

    @Test
    void aCallThatTheServiceDoesNotBeginIsCountedOut() throws Exception {
        echo.failing.set(true);
        Answers talk = new Answers();
        ClientCalls.asyncBidiStreamingCall(channel.newCall(EchoService.TALK, CallOptions.DEFAULT), talk);

        assertThat(talk.end.get()).isEqualTo(Status.Code.UNKNOWN);
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(interceptor.underWay()).isZero());
    }

    /** It would be kept for as long as the server runs. */
    @Test
    void aCallThatEndedIsForgotten() throws Exception {
        assertThat(statusOf(unary(EchoService.UNARY, "x"))).isEqualTo(Status.Code.OK);

        await().atMost(LONG)
                .untilAsserted(() -> assertThat(interceptor.remembered()).isZero());
    }

    @Test
    void aCallThatFailsOrIsCancelledIsCountedOut() throws Exception {
        assertThat(statusOf(unary(EchoService.UNARY, "fail"))).isEqualTo(Status.Code.UNKNOWN);
        var call = channel.newCall(EchoService.TALK, CallOptions.DEFAULT);
        ClientCalls.asyncBidiStreamingCall(call, new Answers());
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(interceptor.underWay()).isEqualTo(1));
        call.cancel("the client has had enough", null);

        await().atMost(LONG)
                .untilAsserted(() -> assertThat(interceptor.underWay()).isZero());
    }

    @Test
    void whoWatchesTheHealthSeesEachChange() throws Exception {
        List<ServingStatus> seen = new CopyOnWriteArrayList<>();
        HealthGrpc.newStub(channel).watch(request("test.Echo"), new StreamObserver<>() {
            @Override
            public void onNext(HealthCheckResponse answer) {
                seen.add(answer.getStatus());
            }

            @Override
            public void onError(Throwable failure) {}

            @Override
            public void onCompleted() {}
        });
        await().atMost(LONG).untilAsserted(() -> assertThat(seen).containsExactly(ServingStatus.SERVING));
        for (int window = 1; window <= 3; window++) {
            enter();
            assertThat(HealthGrpc.newBlockingStub(channel).check(request("")).getStatus())
                    .isEqualTo(ServingStatus.NOT_SERVING);
            maintenance.leave();
            assertThat(maintenance.await(Admission.OPEN, LONG)).isTrue();
            int changes = 1 + 2 * window;
            await().atMost(LONG).untilAsserted(() -> assertThat(seen).hasSize(changes));
        }
        assertThat(seen)
                .startsWith(ServingStatus.SERVING, ServingStatus.NOT_SERVING, ServingStatus.SERVING)
                .endsWith(ServingStatus.SERVING);
    }

    private static HealthCheckRequest request(String service) {
        return HealthCheckRequest.newBuilder().setService(service).build();
    }

    @Test
    void theRefusalSaysWhatToDo() throws Exception {
        enter();

        assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(channel, EchoService.UNARY, CallOptions.DEFAULT, "x"))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("in maintenance; try another node");
    }

    /** Waits for the end of a stream. */
    private static final class Answers implements StreamObserver<String> {
        final CompletableFuture<Status.Code> end = new CompletableFuture<>();

        @Override
        public void onNext(String answer) {}

        @Override
        public void onError(Throwable failure) {
            end.complete(Status.fromThrowable(failure).getCode());
        }

        @Override
        public void onCompleted() {
            end.complete(Status.Code.OK);
        }
    }
}
