package dev.signalbox.maintenance.grpc;

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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A service with a method of each shape. The methods answer with what they got, once the test lets them. */
final class EchoService {
    static final MethodDescriptor<String, String> UNARY = method("Unary", MethodType.UNARY);
    static final MethodDescriptor<String, String> UPLOAD = method("Upload", MethodType.CLIENT_STREAMING);
    static final MethodDescriptor<String, String> DOWNLOAD = method("Download", MethodType.SERVER_STREAMING);
    static final MethodDescriptor<String, String> TALK = method("Talk", MethodType.BIDI_STREAMING);

    final AtomicLong handling = new AtomicLong();
    final AtomicLong handled = new AtomicLong();
    final AtomicBoolean failing = new AtomicBoolean();
    /** Where the stream that began last is answered. */
    final AtomicReference<@Nullable StreamObserver<String>> talking = new AtomicReference<>();

    final AtomicReference<CountDownLatch> release = new AtomicReference<>(new CountDownLatch(0));

    ServerServiceDefinition definition() {
        return ServerServiceDefinition.builder("test.Echo")
                .addMethod(UNARY, ServerCalls.asyncUnaryCall(this::answer))
                .addMethod(DOWNLOAD, ServerCalls.asyncServerStreamingCall(this::answer))
                .addMethod(UPLOAD, ServerCalls.asyncClientStreamingCall(this::echo))
                .addMethod(TALK, ServerCalls.asyncBidiStreamingCall(this::echo))
                .build();
    }

    private void answer(String request, StreamObserver<String> answers) {
        CountDownLatch latch = release.get();
        handling.incrementAndGet();
        if (request.equals("fail")) {
            throw new IllegalStateException("as the test asked");
        }
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        handled.incrementAndGet();
        answers.onNext(request);
        answers.onCompleted();
    }

    private StreamObserver<String> echo(StreamObserver<String> answers) {
        if (failing.get()) {
            throw new IllegalStateException("as the test asked");
        }
        talking.set(answers);
        handling.incrementAndGet();
        return new StreamObserver<>() {
            private String last = "";

            @Override
            public void onNext(String request) {
                last = request;
            }

            @Override
            public void onError(Throwable failure) {
                handled.incrementAndGet();
            }

            @Override
            public void onCompleted() {
                handled.incrementAndGet();
                answers.onNext(last);
                answers.onCompleted();
            }
        };
    }

    private static MethodDescriptor<String, String> method(String name, MethodType type) {
        return MethodDescriptor.<String, String>newBuilder()
                .setType(type)
                .setFullMethodName("test.Echo/" + name)
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
