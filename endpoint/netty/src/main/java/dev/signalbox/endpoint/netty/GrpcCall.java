package dev.signalbox.endpoint.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.codec.http2.Http2StreamFrame;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A client's call to a {@link GrpcEndpoint}, for tools that have the frames of docs/protocol.md in JSON. It has a thread of its own.
 * Thread-safe.
 */
public final class GrpcCall implements AutoCloseable {

    /** Told of what comes, on the call's thread. */
    public interface Listener {
        /** A frame in JSON. */
        void frame(String json);

        /** The call is over, in words for people. Told once, and not after {@link GrpcCall#close}. */
        void ended(String reason);
    }

    private final MultiThreadIoEventLoopGroup threads = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final URI address;
    private final int maxFrameBytes;
    private final Duration patience;
    private final Listener listener;
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile @Nullable Channel call;

    private GrpcCall(URI address, int maxFrameBytes, Duration patience, Listener listener) {
        this.address = address;
        this.maxFrameBytes = maxFrameBytes;
        this.patience = patience;
        this.listener = listener;
    }

    /**
     * Connects and calls.
     *
     * @param address {@code grpc} or, for TLS with a certificate that the JDK trusts, {@code grpcs}, with host and port
     * @param maxFrameBytes the largest frame that is taken from the server; a larger one ends the call
     * @param patience how long it may take to connect, and to say goodbye
     * @throws IOException if there is no server
     */
    public static GrpcCall open(URI address, String token, int maxFrameBytes, Duration patience, Listener listener)
            throws IOException {
        GrpcCall opened = new GrpcCall(address, maxFrameBytes, patience, listener);
        try {
            opened.call = opened.begin(opened.connect(), token);
            return opened;
        } catch (IOException e) {
            var _ = opened.threads.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw e;
        }
    }

    private Channel connect() throws IOException {
        SslContext tls = address.getScheme().equals("grpcs") ? tls() : null;
        ChannelFuture connecting = new Bootstrap()
                .group(threads)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, Math.toIntExact(patience.toMillis()))
                .handler(new Connection(tls))
                .connect(address.getHost(), address.getPort());
        await(connecting);
        Channel connection = connecting.channel();
        SslHandler handshake = connection.pipeline().get(SslHandler.class);
        if (handshake != null) {
            await(handshake.handshakeFuture());
        }
        return connection;
    }

    private static SslContext tls() throws IOException {
        return SslContextBuilder.forClient()
                .sslProvider(SslProvider.JDK)
                .applicationProtocolConfig(new ApplicationProtocolConfig(
                        ApplicationProtocolConfig.Protocol.ALPN,
                        ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                        ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                        "h2"))
                .build();
    }

    /** HTTP/2, behind TLS if there is any. */
    private final class Connection extends ChannelInitializer<Channel> {
        private final @Nullable SslContext tls;

        Connection(@Nullable SslContext tls) {
            this.tls = tls;
        }

        @Override
        protected void initChannel(Channel connection) {
            if (tls != null) {
                connection.pipeline().addLast(tls.newHandler(connection.alloc(), address.getHost(), address.getPort()));
            }
            connection
                    .pipeline()
                    .addLast(Http2FrameCodecBuilder.forClient()
                            .gracefulShutdownTimeoutMillis(0)
                            .build())
                    .addLast(new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()));
            connection.closeFuture().addListener(closed -> end("the server ended the connection"));
        }
    }

    private Channel begin(Channel connection, String token) throws IOException {
        Future<Http2StreamChannel> opening = new Http2StreamChannelBootstrap(connection)
                .handler(new Frames())
                .open();
        await(opening);
        Channel begun = opening.getNow();
        Http2Headers headers = new DefaultHttp2Headers()
                .method("POST")
                .scheme(address.getScheme().equals("grpcs") ? "https" : "http")
                .authority(address.getHost() + ":" + address.getPort())
                .path(GrpcCallHandler.CONNECT)
                .set("content-type", GrpcStatus.CONTENT_TYPE)
                .set("te", "trailers")
                .set("authorization", "Bearer " + token);
        await(begun.writeAndFlush(new DefaultHttp2HeadersFrame(headers)));
        return begun;
    }

    /** What the server says. */
    private final class Frames extends SimpleChannelInboundHandler<Http2StreamFrame> {
        private final GrpcSource source = new GrpcSource(GrpcSchema.SERVER, maxFrameBytes);

        @Override
        protected void channelRead0(ChannelHandlerContext context, Http2StreamFrame frame) {
            if (frame instanceof Http2DataFrame data) {
                read(context, data.content());
            } else if (frame instanceof Http2HeadersFrame headers && headers.isEndStream()) {
                end(reason(headers.headers()));
            }
        }

        private void read(ChannelHandlerContext context, ByteBuf bytes) {
            try {
                for (Frame next = source.next(bytes); next != null; next = source.next(bytes)) {
                    listener.frame(new String(next.payload(), StandardCharsets.UTF_8));
                }
            } catch (ProtocolViolation violation) {
                end("the server sent what is no frame: " + violation.code().text());
                var _ = context.close();
            }
        }

        private static String reason(Http2Headers trailers) {
            CharSequence message = trailers.get("grpc-message");
            return "the server ended the call with the status " + trailers.get("grpc-status")
                    + (message == null ? "" : ": " + message);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            end("the call broke");
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            end("the call broke: " + cause);
            var _ = context.close();
        }
    }

    private void end(String reason) {
        if (over.compareAndSet(false, true)) {
            listener.ended(reason);
        }
    }

    private void await(Future<?> future) throws IOException {
        if (!future.awaitUninterruptibly(patience.toMillis())) {
            throw new IOException("no answer within " + patience.toMillis() + " ms");
        }
        if (!future.isSuccess()) {
            throw future.cause() instanceof IOException failure ? failure : new IOException(future.cause());
        }
    }

    /** Sends a frame in JSON whose type comes first. What fails is told to the listener. */
    public void write(String json) {
        byte[] utf8 = json.getBytes(StandardCharsets.UTF_8);
        ProtobufWriter protobuf = ProtobufWriter.ofThread();
        protobuf.frame(GrpcSchema.CLIENT, utf8, utf8.length);
        ByteBuf message = Unpooled.buffer(GrpcFormat.HEADER + protobuf.size())
                .writeByte(0)
                .writeInt(protobuf.size())
                .writeBytes(protobuf.array(), 0, protobuf.size());
        send(new DefaultHttp2DataFrame(message, false));
    }

    private void send(Http2DataFrame frame) {
        Channel open = call;
        if (open != null) {
            open.writeAndFlush(frame).addListener(sent -> {
                if (!sent.isSuccess()) {
                    end("the call broke: " + sent.cause());
                }
            });
        }
    }

    /** Says goodbye, and waits for the server to end the call. Idempotent; not for the call's own thread. */
    @Override
    public void close() {
        over.set(true);
        Channel open = call;
        if (open != null && open.isActive()) {
            send(new DefaultHttp2DataFrame(true));
            open.closeFuture().awaitUninterruptibly(patience.toMillis());
        }
        var _ = threads.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
