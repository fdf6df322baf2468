package dev.signalbox.endpoint.netty;

import dev.signalbox.endpoint.netty.ConnectionListener.Fault;
import dev.signalbox.endpoint.netty.ListenerOptions.AddressSource;
import dev.signalbox.router.SessionStart;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameStreamException;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One call: looks at its beginning, and then stands between the frames of HTTP/2 and the bytes that {@link FrameHandler} reads and
 * writes. For the connection's event loop.
 */
final class GrpcCallHandler extends ChannelDuplexHandler {
    static final String CONNECT = "/signalbox.v1.Clients/Connect";
    private static final String HEALTH = "/grpc.health.v1.Health/Check";

    private final GrpcEndpoint endpoint;
    private final Peer connection;
    private boolean begun;
    /** Whether bytes go on to a client's {@link FrameHandler}. */
    private boolean connected;

    private @Nullable GrpcHealth health;
    private @Nullable ScheduledFuture<?> deadline;

    GrpcCallHandler(GrpcEndpoint endpoint, Peer connection) {
        this.endpoint = endpoint;
        this.connection = connection;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        switch (message) {
            case Http2HeadersFrame headers -> {
                if (!begun) {
                    begun = true;
                    begin(context, headers.headers());
                }
                endIf(headers.isEndStream(), context);
            }
            case Http2DataFrame data -> {
                content(context, data.content());
                endIf(data.isEndStream(), context);
            }
            default -> ReferenceCountUtil.release(message);
        }
    }

    private void begin(ChannelHandlerContext context, Http2Headers headers) {
        String path = String.valueOf(headers.path());
        if (!isGrpc(headers)) {
            endpoint.failed(Fault.HANDSHAKE_REFUSED, connection, "not a call of gRPC");
            refuse(context, new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("415"), true));
        } else if (path.equals(CONNECT)) {
            connect(context, headers);
        } else if (path.equals(HEALTH)) {
            health = new GrpcHealth();
            long patience = endpoint.listening().timeouts().handshake().toNanos();
            deadline = context.executor().schedule(() -> close(context), patience, TimeUnit.NANOSECONDS);
        } else {
            refuse(context, GrpcStatus.noSuchMethod().refusal());
        }
    }

    private static boolean isGrpc(Http2Headers headers) {
        CharSequence type = headers.get("content-type");
        return "POST".contentEquals(String.valueOf(headers.method()))
                && type != null
                && type.toString().startsWith(GrpcStatus.CONTENT_TYPE);
    }

    private static void refuse(ChannelHandlerContext context, Http2HeadersFrame answer) {
        context.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE);
    }

    private void connect(ChannelHandlerContext context, Http2Headers headers) {
        Peer peer = peer(headers);
        context.channel().closeFuture().addListener(closed -> peer.gone());
        if (!endpoint.admits(peer)) {
            refuse(context, GrpcStatus.tooMany().refusal());
            return;
        }
        Greeting greeting = new Greeting(
                Greeting.bearer(text(headers, "authorization")), List.of(), false, false, false, start(headers));
        FrameHandler frames = FrameHandler.grpc(endpoint, peer, greeting, context.channel());
        context.pipeline().addLast(frames);
        connected = true;
        Http2Headers welcome = new DefaultHttp2Headers().status("200").set("content-type", GrpcStatus.CONTENT_TYPE);
        var _ = context.writeAndFlush(new DefaultHttp2HeadersFrame(welcome));
        frames.begin();
    }

    /** Each call counts for the client's address, which a trusted proxy tells for each. */
    private Peer peer(Http2Headers headers) {
        ListenerOptions.Proxies proxies = endpoint.listening().proxies();
        boolean byHeader = connection.isProxy() && proxies.source() != AddressSource.PROXY_PROTOCOL;
        Peer peer = connection.call(byHeader);
        if (byHeader) {
            ForwardedHeader.client(name -> texts(headers, name), proxies)
                    .ifPresentOrElse(peer::forwardedFor, peer::count);
        }
        return peer;
    }

    private static List<String> texts(Http2Headers headers, String name) {
        return headers.getAll(name).stream().map(CharSequence::toString).toList();
    }

    private static @Nullable String text(Http2Headers headers, String name) {
        CharSequence value = headers.get(name);
        return value == null ? null : value.toString();
    }

    /** The metadata {@code resume} is what {@code ?resume=} is over WebSocket. */
    private static SessionStart start(Http2Headers headers) {
        return Optional.ofNullable(text(headers, "resume"))
                .map(given -> SessionStart.parse(given, Map.of()))
                .orElseGet(SessionStart.Fresh::new);
    }

    private void content(ChannelHandlerContext context, ByteBuf bytes) {
        if (connected) {
            context.fireChannelRead(bytes);
            return;
        }
        try {
            if (health != null) {
                health.read(bytes);
            }
        } finally {
            bytes.release();
        }
    }

    private void endIf(boolean ends, ChannelHandlerContext context) {
        if (!ends) {
            return;
        }
        if (connected) {
            context.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        } else if (health != null) {
            health.answer(context, endpoint.isAccepting());
        }
    }

    private static void close(ChannelHandlerContext context) {
        var _ = context.close();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (deadline != null) {
            deadline.cancel(false);
        }
        context.fireChannelInactive();
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        Object frame = message instanceof ByteBuf bytes ? new DefaultHttp2DataFrame(bytes, false) : message;
        var _ = context.write(frame, promise);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof Http2Exception || cause instanceof Http2FrameStreamException) {
            endpoint.failed(Fault.PROTOCOL, connection, String.valueOf(cause.getMessage()));
            close(context);
        } else {
            context.fireExceptionCaught(cause);
        }
    }
}
