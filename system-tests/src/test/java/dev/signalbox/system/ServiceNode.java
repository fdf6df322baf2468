package dev.signalbox.system;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.signalbox.maintenance.control.Drainable;
import dev.signalbox.maintenance.control.Maintenance;
import dev.signalbox.maintenance.control.MaintenanceOptions;
import dev.signalbox.maintenance.control.Phase;
import dev.signalbox.maintenance.grpc.GrpcGateOptions;
import dev.signalbox.maintenance.grpc.MaintenanceInterceptor;
import dev.signalbox.maintenance.http.HttpGate;
import dev.signalbox.maintenance.http.HttpGateOptions;
import dev.signalbox.maintenance.http.MaintenanceFilter;
import io.grpc.InsecureServerCredentials;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * A service over HTTP and gRPC with one maintenance, as somebody would build it from the libraries. It announces that it is going, and
 * refuses requests once the load balancer says that it sends no more.
 */
final class ServiceNode implements AutoCloseable {
    static final MethodDescriptor<String, String> PLACE = method("Place", MethodType.UNARY);
    static final MethodDescriptor<String, String> TALK = method("Talk", MethodType.BIDI_STREAMING);

    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final Duration DEADLINE = Duration.ofMinutes(1);

    private final Maintenance maintenance = Maintenance.start(MaintenanceOptions.defaults());
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Consumer<String> orders;
    private final MaintenanceInterceptor interceptor;
    private final HttpGate gate;
    private final HttpServer http;
    private final Server grpc;
    private volatile boolean ready = true;

    /**
     * Starts on free ports of loopback.
     *
     * @param orders takes the text of each order that is handled
     * @param isOut whether the balancer sends no more requests, and has no answer to wait for
     */
    ServiceNode(Consumer<String> orders, BooleanSupplier isOut) throws IOException {
        this.orders = orders;
        maintenance.add(new Announcement(isOut));
        gate = HttpGate.join(maintenance, HttpGateOptions.defaults().withDeadline(DEADLINE));
        interceptor = MaintenanceInterceptor.join(
                maintenance, GrpcGateOptions.defaults().withDeadline(DEADLINE));
        http = HttpServer.create(ANY, 0);
        http.setExecutor(threads);
        http.createContext("/ready", exchange -> answer(exchange, ready ? 200 : 503));
        http.createContext("/orders", this::order).getFilters().add(new MaintenanceFilter(gate));
        http.start();
        grpc = NettyServerBuilder.forAddress(ANY, InsecureServerCredentials.create())
                .executor(threads)
                .addService(definition())
                .intercept(interceptor)
                .build()
                .start();
    }

    Maintenance maintenance() {
        return maintenance;
    }

    int httpPort() {
        return http.getAddress().getPort();
    }

    int grpcPort() {
        return grpc.getPort();
    }

    /** Requests and calls that came to the closed node. */
    long refused() {
        return gate.refused() + interceptor.refused();
    }

    private void order(HttpExchange exchange) throws IOException {
        if (exchange.getRequestMethod().equals("POST")) {
            orders.accept(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
        }
        answer(exchange, 200);
    }

    private static void answer(HttpExchange exchange, int status) throws IOException {
        try (exchange) {
            exchange.sendResponseHeaders(status, -1);
        }
    }

    private ServerServiceDefinition definition() {
        return ServerServiceDefinition.builder("shop.Orders")
                .addMethod(PLACE, ServerCalls.<String, String>asyncUnaryCall((order, answers) -> {
                    orders.accept(order);
                    answers.onNext(order);
                    answers.onCompleted();
                }))
                .addMethod(TALK, ServerCalls.<String, String>asyncBidiStreamingCall(Talk::new))
                .build();
    }

    /** Takes each order of a stream as it comes, and answers it. */
    private final class Talk implements StreamObserver<String> {
        private final StreamObserver<String> answers;

        Talk(StreamObserver<String> answers) {
            this.answers = answers;
        }

        @Override
        public void onNext(String order) {
            orders.accept(order);
            answers.onNext(order);
        }

        @Override
        public void onError(Throwable failure) {
            // The caller has the failure, too, and the test fails by it.
        }

        @Override
        public void onCompleted() {
            answers.onCompleted();
        }
    }

    /** Not ready from now on; over when the balancer has noticed. */
    private final class Announcement implements Drainable {
        private final BooleanSupplier isOut;

        Announcement(BooleanSupplier isOut) {
            this.isOut = isOut;
        }

        @Override
        public String name() {
            return "announcement";
        }

        @Override
        public Phase phase() {
            return Phase.ANNOUNCE;
        }

        @Override
        public Duration deadline() {
            return DEADLINE;
        }

        @Override
        public long drain(Duration within) throws InterruptedException {
            ready = false;
            for (long end = System.nanoTime() + within.toNanos(); System.nanoTime() - end < 0; ) {
                if (isOut.getAsBoolean()) {
                    return 0;
                }
                TimeUnit.MILLISECONDS.sleep(5);
            }
            return 1;
        }

        @Override
        public void resume() {
            ready = true;
        }
    }

    @Override
    public void close() {
        http.stop(0);
        grpc.shutdownNow();
        maintenance.close();
        threads.shutdownNow();
    }

    private static MethodDescriptor<String, String> method(String name, MethodType type) {
        return MethodDescriptor.<String, String>newBuilder()
                .setType(type)
                .setFullMethodName("shop.Orders/" + name)
                .setRequestMarshaller(new Text())
                .setResponseMarshaller(new Text())
                .build();
    }

    private static final class Text implements MethodDescriptor.Marshaller<String> {
        @Override
        public InputStream stream(String value) {
            return new ByteArrayInputStream(value.getBytes(UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
            try {
                return new String(stream.readAllBytes(), UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
