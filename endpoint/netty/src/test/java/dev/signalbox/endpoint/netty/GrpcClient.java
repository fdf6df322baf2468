package dev.signalbox.endpoint.netty;

import com.google.protobuf.DynamicMessage;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.TlsChannelCredentials;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/** A client of grpc-java that knows clients/proto and nothing else. */
final class GrpcClient extends ProtocolClient {
    private static final byte[] NO_PROTOBUF = {0x0A, 0x7F, 0x01};

    private static final MethodDescriptor<byte[], DynamicMessage> CONNECT =
            MethodDescriptor.<byte[], DynamicMessage>newBuilder()
                    .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
                    .setFullMethodName("signalbox.v1.Clients/Connect")
                    .setRequestMarshaller(new Bytes())
                    .setResponseMarshaller(new Frames())
                    .build();

    private final ManagedChannel channel;
    private final ClientCall<byte[], DynamicMessage> call;
    private final CompletableFuture<Status> end = new CompletableFuture<>();
    private final CompletableFuture<Optional<ObjectNode>> welcome = new CompletableFuture<>();
    private final ReentrantLock lock = new ReentrantLock();
    private boolean reading = true;
    private boolean hasPaused;
    private boolean over;

    GrpcClient(ManagedChannel channel, Optional<String> token) {
        this(channel, metadata(token));
    }

    GrpcClient(ManagedChannel channel, Metadata metadata) {
        this.channel = channel;
        this.call = channel.newCall(CONNECT, CallOptions.DEFAULT.withCompression("gzip"));
        call.start(new Listener(), metadata);
        call.setMessageCompression(false);
        call.request(1);
    }

    static ManagedChannel open(int port, Optional<Path> trusted) {
        String target = "127.0.0.1:" + port;
        try {
            return (trusted.isPresent()
                            ? Grpc.newChannelBuilder(
                                    target,
                                    TlsChannelCredentials.newBuilder()
                                            .trustManager(trusted.get().toFile())
                                            .build())
                            : Grpc.newChannelBuilder(target, InsecureChannelCredentials.create()))
                    .directExecutor()
                    .build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Metadata metadata(Optional<String> token) {
        Metadata metadata = new Metadata();
        token.ifPresent(each -> metadata.put(key("authorization"), "Bearer " + each));
        return metadata;
    }

    static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    private final class Listener extends ClientCall.Listener<DynamicMessage> {
        @Override
        public void onMessage(DynamicMessage frame) {
            ObjectNode json = GrpcProto.json(frame);
            if (json.get("type").asString().equals("welcome")) {
                welcome.complete(Optional.of(json));
            }
            frame(json.toString());
            lock.lock();
            try {
                if (reading) {
                    call.request(1);
                } else {
                    hasPaused = true;
                }
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            end.complete(status);
            welcome.complete(Optional.empty());
            if (!status.isOk()) {
                failed(status.asException());
            }
        }
    }

    /** How the call ended, once it has. */
    CompletableFuture<Status> end() {
        return end;
    }

    /** Whether it was let in, once that is known. */
    boolean isAdmitted() {
        return welcome().isPresent();
    }

    /** What it can come back with. */
    String resumeToken() {
        return welcome().orElseThrow().get("resume").get("token").asString();
    }

    private Optional<ObjectNode> welcome() {
        return welcome.orTimeout(30, TimeUnit.SECONDS).join();
    }

    void sendCompressed(String json) {
        call.setMessageCompression(true);
        write(json);
    }

    /** What is no JSON goes as what is no protobuf. */
    @Override
    void write(String text) {
        byte[] frame;
        try {
            frame = GrpcProto.frame(GrpcProto.clientFrame(), text).toByteArray();
        } catch (JacksonException e) {
            frame = NO_PROTOBUF;
        }
        send(frame);
    }

    private void send(byte[] frame) {
        lock.lock();
        try {
            if (!over) {
                call.sendMessage(frame);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void stopReading() {
        lock.lock();
        try {
            reading = false;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void startReading() {
        boolean paused;
        lock.lock();
        try {
            reading = true;
            paused = hasPaused;
            hasPaused = false;
        } finally {
            lock.unlock();
        }
        if (paused) {
            call.request(1);
        }
    }

    private boolean finish() {
        lock.lock();
        try {
            boolean first = !over;
            over = true;
            return first;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void abort() {
        if (finish()) {
            call.cancel("the network is gone", null);
        }
        channel.shutdownNow();
    }

    @Override
    public void close() {
        startReading();
        if (finish()) {
            call.halfClose();
        }
        channel.shutdown();
    }

    /** Frames as they are. */
    private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] frame) {
            return new ByteArrayInputStream(frame);
        }

        @Override
        public byte[] parse(InputStream in) {
            try {
                return in.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static final class Frames implements MethodDescriptor.Marshaller<DynamicMessage> {
        @Override
        public InputStream stream(DynamicMessage frame) {
            return new ByteArrayInputStream(frame.toByteArray());
        }

        @Override
        public DynamicMessage parse(InputStream in) {
            try {
                return DynamicMessage.parseFrom(GrpcProto.serverFrame(), in);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
