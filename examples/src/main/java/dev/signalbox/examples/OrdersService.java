package dev.signalbox.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The service of {@link MaintenanceGrpcExample}, with a method of each shape. Its messages are text, so that it needs no compiler. */
final class OrdersService {
    static final MethodDescriptor<String, String> PLACE = method("Place", MethodType.UNARY);
    static final MethodDescriptor<String, String> WATCH = method("Watch", MethodType.SERVER_STREAMING);
    static final MethodDescriptor<String, String> IMPORT = method("Import", MethodType.CLIENT_STREAMING);
    static final MethodDescriptor<String, String> TALK = method("Talk", MethodType.BIDI_STREAMING);

    private OrdersService() {}

    static ServerServiceDefinition definition() {
        return ServerServiceDefinition.builder("shop.Orders")
                .addMethod(PLACE, ServerCalls.asyncUnaryCall(OrdersService::answer))
                .addMethod(WATCH, ServerCalls.asyncServerStreamingCall(OrdersService::answer))
                .addMethod(IMPORT, ServerCalls.asyncClientStreamingCall(OrdersService::answerAtTheEnd))
                .addMethod(TALK, ServerCalls.asyncBidiStreamingCall(OrdersService::answerAtTheEnd))
                .build();
    }

    private static void answer(String request, StreamObserver<String> answers) {
        answers.onNext("taken: " + request);
        answers.onCompleted();
    }

    private static StreamObserver<String> answerAtTheEnd(StreamObserver<String> answers) {
        return new StreamObserver<>() {
            private String last = "nothing";

            @Override
            public void onNext(String request) {
                last = request;
            }

            @Override
            public void onError(Throwable failure) {
                System.out.println("a caller gave up: " + failure.getMessage());
            }

            @Override
            public void onCompleted() {
                answer(last, answers);
            }
        };
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
