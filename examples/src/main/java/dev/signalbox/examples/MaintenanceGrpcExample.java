package dev.signalbox.examples;

import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.maintenance.grpc.GrpcGateOptions;
import dev.signalbox.maintenance.grpc.GrpcHealth;
import dev.signalbox.maintenance.grpc.MaintenanceInterceptor;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A gRPC service with calls of all four shapes that is taken out of service and back; its health is told to those that watch it. */
public final class MaintenanceGrpcExample {
    private static final long PATIENCE_SECONDS = 30;

    private MaintenanceGrpcExample() {}

    /** Serves, and calls itself in all four shapes each second. */
    public static void main(String[] args) throws IOException, InterruptedException {
        Maintenance maintenance = MaintenanceDemo.start();
        Server server = serve(maintenance, 8091);
        ManagedChannel channel = channel(server);
        MaintenanceDemo.eachSecond(() -> callAll(channel, "bread"));
    }

    static Server serve(Maintenance maintenance, int port) throws IOException {
        HealthStatusManager health = new HealthStatusManager();
        GrpcHealth.join(maintenance, "grpc-health", health, Set.of("", "shop.Orders"));
        return NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                        InsecureServerCredentials.create())
                .addService(OrdersService.definition())
                .addService(health.getHealthService())
                .intercept(MaintenanceInterceptor.join(maintenance, GrpcGateOptions.defaults()))
                .build()
                .start();
    }

    static ManagedChannel channel(Server server) {
        return Grpc.newChannelBuilderForAddress("127.0.0.1", server.getPort(), InsecureChannelCredentials.create())
                .build();
    }

    /** One answer of each shape. */
    static List<String> callAll(Channel channel, String order) throws Exception {
        return List.of(
                ClientCalls.blockingUnaryCall(channel, OrdersService.PLACE, CallOptions.DEFAULT, order),
                ClientCalls.blockingServerStreamingCall(channel, OrdersService.WATCH, CallOptions.DEFAULT, order)
                        .next(),
                stream(channel, OrdersService.IMPORT, order),
                stream(channel, OrdersService.TALK, order));
    }

    static String stream(Channel channel, MethodDescriptor<String, String> method, String order) throws Exception {
        Answer answer = new Answer();
        var call = channel.newCall(method, CallOptions.DEFAULT);
        StreamObserver<String> requests = method == OrdersService.TALK
                ? ClientCalls.asyncBidiStreamingCall(call, answer)
                : ClientCalls.asyncClientStreamingCall(call, answer);
        requests.onNext(order);
        requests.onCompleted();
        return answer.first.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static final class Answer implements StreamObserver<String> {
        private final CompletableFuture<String> first = new CompletableFuture<>();

        @Override
        public void onNext(String answer) {
            first.complete(answer);
        }

        @Override
        public void onError(Throwable failure) {
            first.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            first.completeExceptionally(new IllegalStateException("the call ended without an answer"));
        }
    }
}
